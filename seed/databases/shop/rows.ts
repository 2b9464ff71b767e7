import { customerRows, productRows, reviewRows, type ShopFill } from './base-rows.ts';
import { orderRows } from './orders.ts';

/** Every row of one shop, table by table, in an order that satisfies the foreign keys. */
export function shopRows(fill: ShopFill) {
  const customers = customerRows(fill);
  const products = productRows(fill);
  const { orders, order_items } = orderRows(fill, customers, products);
  return { customers, products, orders, order_items, reviews: reviewRows(fill, customers, products) };
}
