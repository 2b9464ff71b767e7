INSERT INTO reps VALUES (1, 'Ada', 'north'), (2, 'Bo', 'south'), (3, 'Cy', 'west');
INSERT INTO accounts SELECT n, 'Account ' || n, (ARRAY['DE', 'FR', 'PL', 'IT'])[1 + n % 4] FROM generate_series(1, 40) n;
INSERT INTO deals
SELECT n, 1 + (n * 7) % 35, 1 + n % 3, 'Deal ' || n, 100 + (n * 137) % 9000 + 0.25,
  (ARRAY['open', 'won', 'lost', 'won'])[1 + n % 4], CASE WHEN n % 4 > 0 THEN date '2026-01-01' + n END
FROM generate_series(1, 120) n;
