import type { ProfileInput } from '../../../fixtures/target/profile/schema.ts';

/** What a probe learnt. */
export interface Found {
  readonly profile: ProfileInput;
  readonly key: { readonly header: string } | undefined;
  /** Sentences: what answered, and what was taken for granted. */
  readonly seen: readonly string[];
  readonly guessed: readonly string[];
}

/** A capability's entry of a profile, and what to say of it. */
export interface Part {
  readonly place: Readonly<Record<string, unknown>> | true | undefined;
  readonly seen: string;
  readonly guessed?: string;
}
