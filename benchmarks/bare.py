"""The reference: a minimal Flask app that writes the bare rows of an order with one prepared call.

No checks, no prices, no link, no ledger, no trail: stock, order, lines, payment and outbox rows by
one function in the database. Same driver, pool and server as the bazaar.
"""

import os

import psycopg
import sqlalchemy as sa
from flask import Flask, request
from flask.typing import ResponseReturnValue

from bazaar.db import engine_options

SCHEMA = """
CREATE SCHEMA bare;
CREATE TABLE bare.products (id bigint PRIMARY KEY, code text UNIQUE, price bigint NOT NULL,
  stock bigint NOT NULL CHECK (stock >= 0));
CREATE TABLE bare.orders (id bigserial PRIMARY KEY, key text UNIQUE, name text, phone text,
  total bigint, placed_at timestamptz DEFAULT now());
CREATE TABLE bare.lines (id bigserial PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES bare.orders, product_id bigint NOT NULL
  REFERENCES bare.products, quantity bigint, amount bigint);
CREATE TABLE bare.payments (id bigserial PRIMARY KEY,
  order_id bigint NOT NULL REFERENCES bare.orders, amount bigint, payload text);
CREATE TABLE bare.outbox (id bigserial PRIMARY KEY, key text UNIQUE, body text);
CREATE FUNCTION bare.place(asked text[], quantities bigint[], by_key text, by_name text,
  by_phone text) RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
  new_id bigint;
  sum_of bigint := 0;
  one record;
  price_of bigint;
BEGIN
  INSERT INTO bare.orders (key, name, phone, total) VALUES (by_key, by_name, by_phone, 0)
    RETURNING id INTO new_id;
  FOR one IN SELECT p.id, q.quantity FROM unnest(asked, quantities) AS q (code, quantity)
    JOIN bare.products p ON p.code = q.code ORDER BY p.id
  LOOP
    UPDATE bare.products SET stock = stock - one.quantity
      WHERE id = one.id AND stock >= one.quantity RETURNING price INTO price_of;
    IF NOT FOUND THEN RETURN NULL; END IF;
    INSERT INTO bare.lines (order_id, product_id, quantity, amount)
      VALUES (new_id, one.id, one.quantity, price_of * one.quantity);
    sum_of := sum_of + price_of * one.quantity;
  END LOOP;
  UPDATE bare.orders SET total = sum_of WHERE id = new_id;
  INSERT INTO bare.payments (order_id, amount, payload) VALUES (new_id, sum_of, 'qr');
  INSERT INTO bare.outbox (key, body) VALUES (by_key, by_name);
  RETURN new_id;
END $$;
INSERT INTO bare.products SELECT id, claim_code, price_idr, stock FROM products;
"""


def prepare(url: str) -> None:
    """Make the tables and the function beside the bazaar's, with the same products."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(SCHEMA)
        connection.execute("ANALYZE")


def create_app() -> Flask:
    """Return the application on the database of the environment."""
    app = Flask("bare")
    url = os.environ["BARE_URL"].replace("postgresql://", "postgresql+psycopg://")
    engine = sa.create_engine(url, **engine_options(url))

    @app.post("/orders")
    def place() -> ResponseReturnValue:
        sent = request.get_json()
        lines, buyer = sent["lines"], sent["buyer"]
        asked = (
            [line["product"] for line in lines],
            [line["quantity"] for line in lines],
            request.headers["Idempotency-Key"],
            buyer["name"],
            buyer["phone"],
        )
        connection = engine.raw_connection()
        try:
            cursor = connection.cursor()
            cursor.execute(
                "SELECT bare.place(%s::text[], %s::bigint[], %s, %s, %s)", asked, prepare=True
            )  # type: ignore[call-arg]
            (order_id,) = cursor.fetchone() or (None,)
            connection.commit()
        finally:
            connection.close()
        return {"id": order_id}, 201

    return app
