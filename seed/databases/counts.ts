import type { TemplateName } from './templates.ts';

const shop = { customers: 600, products: 240, orders: 2400, order_items: 6053, reviews: 1200 } as const;
const clinic = { patients: 800, doctors: 90, appointments: 3000, diagnoses: 1670, prescriptions: 1549 } as const;

/** How many rows each table of each template has. Written down, not computed: specs assert on what stands here. */
export const tableCounts: Readonly<Record<TemplateName, Readonly<Record<string, number>>>> = {
  shop,
  shop_b: { customers: 380, products: 170, orders: 1500, order_items: 3773, reviews: 640 },
  shop_drifted: shop,
  clinic,
  clinic_b: { patients: 460, doctors: 60, appointments: 2100, diagnoses: 888, prescriptions: 800 },
  clinic_drifted: clinic,
  platform: {},
};

export type KnownCount = {
  readonly what: string;
  readonly sql: string;
  /** In the first fill and in the second. */
  readonly rows: readonly [first: number, second: number];
};

/** Counts of rows that are interesting because they are missing something, or are on the far side of a bound. */
export const knownCounts: Readonly<Record<'shop' | 'clinic', readonly KnownCount[]>> = {
  shop: [
    { what: 'inactive customers', sql: 'SELECT count(*) FROM customers WHERE NOT is_active', rows: [121, 89] },
    {
      what: 'customers without orders',
      sql: 'SELECT count(*) FROM customers c WHERE NOT EXISTS (SELECT FROM orders o WHERE o.customer_id = c.id)',
      rows: [84, 117],
    },
    {
      what: 'products never ordered',
      sql: 'SELECT count(*) FROM products p WHERE NOT EXISTS (SELECT FROM order_items i WHERE i.product_id = p.id)',
      rows: [33, 52],
    },
    {
      what: 'products never reviewed',
      sql: 'SELECT count(*) FROM products p WHERE NOT EXISTS (SELECT FROM reviews r WHERE r.product_id = p.id)',
      rows: [39, 54],
    },
    { what: 'cancelled orders', sql: "SELECT count(*) FROM orders WHERE status = 'cancelled'", rows: [283, 317] },
    { what: 'orders not shipped', sql: 'SELECT count(*) FROM orders WHERE shipped_date IS NULL', rows: [524, 604] },
    {
      what: 'orders of 2024',
      sql: "SELECT count(*) FROM orders WHERE ordered_at >= '2024-01-01' AND ordered_at < '2025-01-01'",
      rows: [374, 248],
    },
    { what: 'reviews without a comment', sql: 'SELECT count(*) FROM reviews WHERE comment IS NULL', rows: [356, 277] },
  ],
  clinic: [
    {
      what: 'patients without appointments',
      sql: 'SELECT count(*) FROM patients p WHERE NOT EXISTS (SELECT FROM appointments a WHERE a.patient_id = p.id)',
      rows: [96, 101],
    },
    {
      what: 'uninsured patients',
      sql: 'SELECT count(*) FROM patients WHERE insurance IS NULL',
      rows: [159, 146],
    },
    {
      what: 'doctors without appointments',
      sql: 'SELECT count(*) FROM doctors d WHERE NOT EXISTS (SELECT FROM appointments a WHERE a.doctor_id = d.id)',
      rows: [9, 6],
    },
    {
      what: 'cancelled appointments',
      sql: "SELECT count(*) FROM appointments WHERE status = 'cancelled'",
      rows: [439, 249],
    },
    {
      what: 'appointments of 2024',
      sql: "SELECT count(*) FROM appointments WHERE scheduled_at >= '2024-01-01' AND scheduled_at < '2025-01-01'",
      rows: [444, 318],
    },
    { what: 'severe diagnoses', sql: "SELECT count(*) FROM diagnoses WHERE severity = 'severe'", rows: [265, 412] },
    {
      what: 'prescriptions whose refills are unknown',
      sql: 'SELECT count(*) FROM prescriptions WHERE refills IS NULL',
      rows: [342, 310],
    },
  ],
};
