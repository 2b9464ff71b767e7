import type { Knex } from 'knex';
import { clinicRows } from './clinic/rows.ts';
import { clinicDrift, clinicSchema } from './clinic/schema.ts';
import { fills } from './fills.ts';
import { secretsMigration } from './secrets.ts';
import { shopRows } from './shop/rows.ts';
import { shopDrift, shopSchema } from './shop/schema.ts';

export type Migration = { readonly name: string; up(knex: Knex): Promise<void>; down(knex: Knex): Promise<void> };

type Rows = Readonly<Record<string, readonly object[]>>;

export type Template = {
  readonly migrations: readonly Migration[];
  /** Starts as a copy of this template; one that starts empty has `rows` instead. */
  readonly from?: TemplateName;
  /** Rows by table, in an order that satisfies the foreign keys. */
  rows?(): Rows;
};

export const templateNames = [
  'shop',
  'shop_b',
  'shop_drifted',
  'clinic',
  'clinic_b',
  'clinic_drifted',
  'platform',
] as const;
export type TemplateName = (typeof templateNames)[number];

const shop = [secretsMigration('shop'), shopSchema];
const clinic = [secretsMigration('clinic'), clinicSchema];

/** What each template database is made of. One that copies another comes after it. */
export const templates: Readonly<Record<TemplateName, Template>> = {
  shop: { migrations: shop, rows: () => shopRows(fills.shop) },
  shop_b: { migrations: shop, rows: () => shopRows(fills.shop_b) },
  shop_drifted: { migrations: [...shop, shopDrift], from: 'shop' },
  clinic: { migrations: clinic, rows: () => clinicRows(fills.clinic) },
  clinic_b: { migrations: clinic, rows: () => clinicRows(fills.clinic_b) },
  clinic_drifted: { migrations: [...clinic, clinicDrift], from: 'clinic' },
  // Empty: the service under verification brings its own schema.
  platform: { migrations: [] },
};
