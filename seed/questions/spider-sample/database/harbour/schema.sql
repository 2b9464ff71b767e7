-- Keys that repeat or are missing, and a table without a key: SQLite keeps them, Postgres would not.
CREATE TABLE ship (
  code text PRIMARY KEY,
  name text,
  flag text,
  tonnage,
  built year
);
CREATE TABLE visit (
  ship_code text,
  berth int,
  arrived text,
  cargo_tons numeric
);
INSERT INTO ship VALUES
  ('AUR', 'Aurora', 'Norway', 48000, 1999), ('BEL', 'Bela Vista', 'Portugal', 12500, 2008),
  (NULL, 'Ghost', 'Panama', 900, 1970), ('KES', 'Kestrel', 'Kenya', 30250.5, 2015), ('MIR', 'Mirai', 'Japan', 61000, 2021);
INSERT INTO visit VALUES
  ('AUR', 1, '2023-05-01', 1200), ('AUR', 2, '2023-06-14', 900.5), ('BEL', 1, '2023-06-15', 300),
  ('KES', 3, '2023-07-02', 2100), ('KES', 3, '2023-07-02', 2100), ('MIR', 2, '2023-08-09', 4500), ('BEL', 1, '2023-09-30', NULL);
