CREATE TABLE reps (id INT PRIMARY KEY, name VARCHAR(40) NOT NULL UNIQUE, region VARCHAR(20) NOT NULL);
CREATE TABLE deals (
  id INT PRIMARY KEY AUTO_INCREMENT,
  rep_id INT NOT NULL,
  title VARCHAR(60) NOT NULL,
  amount DECIMAL(10, 2) NOT NULL,
  doubled DECIMAL(10, 2) GENERATED ALWAYS AS (amount * 2) STORED,
  won BOOLEAN NOT NULL,
  closed_on DATE,
  FOREIGN KEY (rep_id) REFERENCES reps (id)
);
-- One that mysqldump would write: it begins with a comment; and has its own delimiter.
DELIMITER ;;
CREATE DEFINER=`root`@`localhost` TRIGGER titles BEFORE INSERT ON deals FOR EACH ROW
BEGIN
  SET NEW.title = trim(NEW.title);
END;;
DELIMITER ;
CREATE VIEW won_deals AS SELECT d.id, d.title, d.amount, r.name FROM deals d JOIN reps r ON r.id = d.rep_id WHERE d.won;
