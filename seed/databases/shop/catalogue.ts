/** What the shop sells: category -> nouns; a product's name is an adjective and a noun, unique in its database. */
export const catalogue = {
  Books: ['Atlas', 'Cookbook', 'Novel', 'Dictionary', 'Poetry Reader', 'Travel Guide', 'Comic', 'Field Guide'],
  Electronics: ['Headphones', 'Keyboard', 'Webcam', 'Speaker', 'Tablet', 'Charger', 'Monitor', 'Router'],
  Garden: ['Rake', 'Hose', 'Planter', 'Lantern', 'Wheelbarrow', 'Pruner', 'Bird Feeder', 'Watering Can'],
  Kitchen: ['Kettle', 'Frying Pan', 'Espresso Maker', 'Knife Set', 'Mixer', 'Teapot', 'Cutting Board', 'Crêpe Pan'],
  Music: ['Guitar', 'Ukulele', 'Metronome', 'Cajón', 'Violin', 'Harmonica', 'Turntable', 'Drum Pad'],
  Office: ['Stapler', 'Desk Lamp', 'Notebook', 'Fountain Pen', 'Chair', 'Whiteboard', 'Shredder', 'Desk Organizer'],
  Sports: ['Yoga Mat', 'Tennis Racket', 'Bicycle Helmet', 'Dumbbell', 'Kayak Paddle', 'Football', 'Tent', 'Jump Rope'],
  Toys: ['Puzzle', 'Kite', 'Train Set', 'Board Game', 'Plush Bear', 'Robot Kit', 'Marble Run', 'Doll House'],
} as const;

export type Category = keyof typeof catalogue;

export const adjectives = [
  'Classic',
  'Mini',
  'Deluxe',
  'Compact',
  'Vintage',
  'Pro',
  'Foldable',
  'Solar',
  'Premium',
  'Travel',
  'Silent',
  'Ultra',
  'Eco',
  'Nordic',
] as const;

/** Products of every fill, whatever else it sells: questions may name them. */
export const staples: readonly { name: string; category: Category }[] = [
  { name: 'Classic Teapot', category: 'Kitchen' },
  { name: 'Mini Drum Pad', category: 'Music' },
  { name: 'Solar Lantern', category: 'Garden' },
  { name: 'Pro Headphones', category: 'Electronics' },
  { name: 'Vintage Atlas', category: 'Books' },
  { name: 'Foldable Chair', category: 'Office' },
  { name: 'Travel Puzzle', category: 'Toys' },
  { name: 'Nordic Tent', category: 'Sports' },
  { name: 'Deluxe Crêpe Pan', category: 'Kitchen' },
  { name: 'Silent Metronome', category: 'Music' },
];

/** What reviewers write. Some lines share words ("broken", "love"), for LIKE. */
export const comments = [
  'Works exactly as described.',
  'I love it!',
  'Arrived broken, but the refund was quick.',
  'Great value for the price.',
  'Too small for my needs.',
  'My children love this.',
  'The color is not what I expected.',
  'Très bon produit.',
  'Stopped working after two weeks.',
  'Would buy again.',
  'Packaging was broken, product fine.',
  'Muy buena calidad.',
  'Not worth the money.',
  'Great gift idea.',
  'Better than I expected.',
  'Sehr zufrieden, gerne wieder.',
  'Delivery took too long.',
  'Perfect.',
  'It is okay.',
  'The instructions are hard to read.',
  'とても良いです。',
  'Returned it the same day.',
  'Solid build, great finish.',
  'Exceeded all my expectations!',
] as const;
