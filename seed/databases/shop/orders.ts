import { doers } from '../people.ts';
import { createRandom, type Random } from '../random.ts';
import { boundaryDates, dateBetween, daysAfter, decimal } from '../values.ts';
import type { Customer, Product, ShopFill } from './base-rows.ts';

type Order = {
  id: number;
  customer_id: number;
  ordered_at: string;
  status: keyof ShopFill['status'];
  payment_method: keyof ShopFill['payment'] | null;
  shipped_date: string | null;
  total: string;
};

/** Orders with their items; an order's total is what its items cost less their discounts. */
export function orderRows(fill: ShopFill, customers: readonly Customer[], products: readonly Product[]) {
  const random = createRandom(fill.seed, 'orders');
  const buyers = doers(random, customers, 1 - fill.idle, fill.orders, 1.7);
  const sold = random.shuffle(products).slice(0, Math.ceil(products.length * (1 - fill.idle)));
  const items = itemWriter(createRandom(fill.seed, 'order_items'), sold);
  const instants = orderInstants(random, fill.orders);
  const orders = instants.map((instant, index): Order => {
    const id = index + 1;
    const status = random.weighted(fill.status);
    return {
      id,
      customer_id: (buyers[index] as Customer).id,
      ordered_at: instant,
      status,
      payment_method: random.chance(status === 'pending' ? 0.5 : fill.nulls / 3) ? null : random.weighted(fill.payment),
      shipped_date: shippedDate(random, status, instant),
      total: decimal(items.write(id, random.chance(0.015) ? 0 : 1 + Math.floor(random.next() ** 1.5 * 5))),
    };
  });
  return { orders, order_items: items.rows };
}

/** Mostly distinct moments; some are the first or last second of a day that a range may start or end on. */
function orderInstants(random: Random, rows: number): string[] {
  const edges = boundaryDates.flatMap((date) => [`${date}T00:00:00Z`, `${date}T23:59:59Z`]);
  const time = () => new Date(random.int(0, 86_399) * 1000).toISOString().slice(10, 19);
  const others = Array.from({ length: rows - edges.length }, () => `${dateBetween(random)}${time()}Z`);
  return random.shuffle([...edges, ...others]);
}

function shippedDate(random: Random, status: Order['status'], orderedAt: string): string | null {
  // Neither "not shipped" nor "cancelled" follows from the other: a query that mixes them up must show.
  const shipped = { pending: 0.02, shipped: 1, delivered: 0.97, cancelled: 0.25, returned: 1 }[status];
  return random.chance(shipped) ? daysAfter(orderedAt.slice(0, 10), random.int(0, 9)) : null;
}

function itemWriter(random: Random, sold: readonly Product[]) {
  const rows: {
    id: number;
    order_id: number;
    product_id: number;
    quantity: number;
    unit_price: string;
    discount: string | null;
  }[] = [];
  const write = (orderId: number, count: number): number => {
    let total = 0;
    for (let line = 0; line < count; line++) {
      const product = random.skewed(sold, 1.5);
      const quantity = random.chance(0.04) ? random.pick([10, 12, 20, 25]) : 1 + Math.floor(random.next() ** 2 * 8);
      const listed = Number(product.price) * 100;
      // Prices moved since: half of the lines were sold at another price than today's.
      const unit = random.chance(0.5) ? listed : Math.max(1, Math.round(listed * (0.7 + random.next() * 0.5)));
      const discount = random.chance(0.55) ? null : random.pick([0, 0.05, 0.05, 0.1, 0.1, 0.15, 0.2, 0.25, 0.3, 0.5]);
      total += Math.round(unit * quantity * (1 - (discount ?? 0)));
      rows.push({
        id: rows.length + 1,
        order_id: orderId,
        product_id: product.id,
        quantity,
        unit_price: decimal(unit),
        discount: discount === null ? null : discount.toFixed(2),
      });
    }
    return total;
  };
  return { rows, write };
}
