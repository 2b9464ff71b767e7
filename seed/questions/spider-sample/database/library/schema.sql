-- A small database as Spider's are: SQLite's loose types, values that do not fit them, names in any case.
CREATE TABLE "Author" (
  "Author_ID" int PRIMARY KEY,
  "Name" varchar(40),
  "Country" text,
  "Birth_Year" int
);
CREATE TABLE "Book" (
  "Book_ID" INTEGER PRIMARY KEY AUTOINCREMENT,
  "Title" text NOT NULL,
  "Author_ID" int REFERENCES "Author"("Author_ID"),
  "Pages" int,
  "Price" real,
  "Published" date,
  "In Print" bool
);
CREATE TABLE "Loan" (
  "Loan_ID" int,
  "Book_ID" int,
  "Reader" text,
  "Due" datetime,
  "Fine" decimal(6,2),
  "order" int
);
INSERT INTO "Author" VALUES
  (1, 'Zoë Brandt', 'Germany', 1961), (2, 'Tomás Ibáñez', 'Spain', 1975), (3, 'Aiko Mori', 'Japan', ''),
  (4, 'Ruth O''Neill', 'Ireland', 1948), (5, 'Sipho Dlamini', NULL, 1982);
INSERT INTO "Book" ("Title", "Author_ID", "Pages", "Price", "Published", "In Print") VALUES
  ('The Quiet Tide', 1, 320, 18.5, '2001-04-12', 1), ('Salt and Iron', 1, 210, 12.0, '2005-09-01', 0),
  ('Cartas del Sur', 2, 188, 15.25, '2010-02-20', 1), ('Paper Lanterns', 3, 402, 22.75, '2014-11-30', 1),
  ('A Field of Rooks', 4, 'unknown', 9.99, '1979', 0), ('Second Harvest', 4, 275, NULL, '1985-06-15', 1),
  ('Thunder Road', 5, 350, 19.9, '2019-03-08', 1), ('the quiet garden', 5, 96, 7.5, '2021-05-05', 1);
INSERT INTO "Loan" VALUES
  (1, 1, 'Marta', '2024-01-10 12:00:00', 0, 1), (2, 1, 'Jonas', '2024-02-11 12:00:00', 1.5, 2),
  (3, 4, 'Marta', '2024-02-20 09:30:00', 'n/a', 3), (4, 7, 'Ines', '2024-03-02 10:00:00', 0.75, 4),
  (5, 7, 'Jonas', NULL, 2.25, 5), (6, 3, 'Marta', '2024-03-15 16:45:00', 0, 6);
