import type { Knex } from 'knex';

/** The shop's tables. Raw DDL: the column order and types are what questions and prompts are written against. */
export const shopSchema = {
  name: '001_shop_schema',
  async up(knex: Knex): Promise<void> {
    await knex.raw(`
      CREATE TYPE order_status AS ENUM ('pending', 'shipped', 'delivered', 'cancelled', 'returned');
      CREATE TYPE payment_method AS ENUM ('card', 'paypal', 'transfer', 'cash');
      CREATE TABLE customers (
        id int PRIMARY KEY,
        name text NOT NULL,
        email text NOT NULL UNIQUE,
        country text NOT NULL,
        city text NOT NULL,
        signup_date date NOT NULL,
        birth_date date,
        loyalty_points int NOT NULL CHECK (loyalty_points >= 0),
        is_active boolean NOT NULL
      );
      CREATE TABLE products (
        id int PRIMARY KEY,
        name text NOT NULL,
        category text NOT NULL,
        price numeric(10,2) NOT NULL CHECK (price > 0),
        stock int NOT NULL CHECK (stock >= 0),
        weight_kg numeric(6,2),
        released_on date NOT NULL,
        discontinued boolean NOT NULL
      );
      CREATE TABLE orders (
        id int PRIMARY KEY,
        customer_id int NOT NULL REFERENCES customers,
        ordered_at timestamptz NOT NULL,
        status order_status NOT NULL,
        payment_method payment_method,
        shipped_date date,
        total numeric(10,2) NOT NULL
      );
      CREATE TABLE order_items (
        id int PRIMARY KEY,
        order_id int NOT NULL REFERENCES orders,
        product_id int NOT NULL REFERENCES products,
        quantity int NOT NULL CHECK (quantity > 0),
        unit_price numeric(10,2) NOT NULL,
        discount numeric(4,2)
      );
      CREATE TABLE reviews (
        id int PRIMARY KEY,
        product_id int NOT NULL REFERENCES products,
        customer_id int NOT NULL REFERENCES customers,
        rating smallint NOT NULL CHECK (rating BETWEEN 1 AND 5),
        comment text,
        review_date date NOT NULL
      );
    `);
  },
  async down(knex: Knex): Promise<void> {
    await knex.raw(
      'DROP TABLE reviews, order_items, orders, products, customers; DROP TYPE order_status, payment_method',
    );
  },
};

/** A column was renamed after the service last read the schema: what self-correction has to cope with. */
export const shopDrift = {
  name: '002_shop_drift',
  async up(knex: Knex): Promise<void> {
    await knex.raw('ALTER TABLE customers RENAME COLUMN signup_date TO signed_up_date');
  },
  async down(knex: Knex): Promise<void> {
    await knex.raw('ALTER TABLE customers RENAME COLUMN signed_up_date TO signup_date');
  },
};
