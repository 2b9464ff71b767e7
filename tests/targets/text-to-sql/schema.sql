CREATE TABLE reps (id int PRIMARY KEY, name text NOT NULL UNIQUE, region text NOT NULL);
CREATE TABLE accounts (id int PRIMARY KEY, name text NOT NULL UNIQUE, country text NOT NULL);
CREATE TABLE deals (
  id int PRIMARY KEY,
  account_id int NOT NULL REFERENCES accounts,
  rep_id int NOT NULL REFERENCES reps,
  title text NOT NULL,
  amount numeric(10, 2) NOT NULL CHECK (amount > 0),
  state text NOT NULL CHECK (state IN ('open', 'won', 'lost')),
  closed_on date
);
