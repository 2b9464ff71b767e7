CREATE TABLE reps (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, region TEXT NOT NULL COLLATE NOCASE);
CREATE TABLE deals (
  id INTEGER PRIMARY KEY,
  rep_id INTEGER NOT NULL REFERENCES reps,
  title TEXT NOT NULL,
  amount DECIMAL(10, 2) NOT NULL CHECK (amount > 0),
  won BOOLEAN NOT NULL,
  closed_on DATE
);
INSERT INTO reps VALUES (1, 'Ada', 'north'), (2, 'Bo', 'south'), (3, 'Cy', 'North');
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 60)
INSERT INTO deals
SELECT i, 1 + i % 3, 'Deal ' || i, 100 + (i * 137) % 900 + 0.25, i % 4 = 0,
  CASE WHEN i % 5 > 0 THEN date('2026-01-01', '+' || i || ' days') END
FROM n;
