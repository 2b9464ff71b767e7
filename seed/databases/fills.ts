import type { ClinicFill } from './clinic/rows.ts';
import type { ShopFill } from './shop/rows.ts';

/**
 * How each instance is filled. `b` is not `a` again with another seed: it differs in size, in which countries and
 * states dominate and in price level, so an answer that is right on one by coincidence is wrong on the other.
 */
export const fills = {
  shop: {
    seed: 20_190_101,
    customers: 600,
    products: 240,
    orders: 2400,
    reviews: 1200,
    idle: 0.14,
    nulls: 0.15,
    countries: ['Germany', 'Brazil', 'France', 'Japan', 'Spain', 'Canada', 'Mexico', 'India'],
    status: { pending: 12, shipped: 18, delivered: 50, cancelled: 12, returned: 8 },
    payment: { card: 50, paypal: 25, transfer: 15, cash: 10 },
    ratings: { 1: 8, 2: 10, 3: 20, 4: 32, 5: 30 },
    prices: [300, 150_000],
  },
  shop_b: {
    seed: 7_741,
    customers: 380,
    products: 170,
    orders: 1500,
    reviews: 640,
    idle: 0.31,
    nulls: 0.22,
    countries: ['Poland', 'Italy', 'Kenya', 'Sweden', 'Japan', 'Australia', 'Portugal', 'Norway'],
    status: { pending: 25, shipped: 15, delivered: 25, cancelled: 20, returned: 15 },
    payment: { card: 20, paypal: 15, transfer: 35, cash: 30 },
    ratings: { 1: 22, 2: 24, 3: 18, 4: 16, 5: 20 },
    prices: [150, 240_000],
  },
  clinic: {
    seed: 20_240_229,
    patients: 800,
    doctors: 90,
    appointments: 3000,
    idle: 0.12,
    nulls: 0.14,
    countries: ['Poland', 'France', 'Spain', 'Germany', 'Portugal', 'Italy'],
    gender: { female: 50, male: 45, other: 5 },
    status: { scheduled: 15, completed: 60, cancelled: 15, no_show: 10 },
    severity: { mild: 50, moderate: 35, severe: 15 },
    salaries: [6_000_000, 24_000_000],
    fees: [3_000, 60_000],
  },
  clinic_b: {
    seed: 90_125,
    patients: 460,
    doctors: 60,
    appointments: 1700,
    idle: 0.22,
    nulls: 0.24,
    countries: ['Kenya', 'Japan', 'Norway', 'France', 'Brazil', 'Poland'],
    gender: { female: 38, male: 50, other: 12 },
    status: { scheduled: 30, completed: 38, cancelled: 12, no_show: 20 },
    severity: { mild: 25, moderate: 30, severe: 45 },
    salaries: [5_000_000, 21_000_000],
    fees: [2_000, 45_000],
  },
} as const satisfies { shop: ShopFill; shop_b: ShopFill; clinic: ClinicFill; clinic_b: ClinicFill };
