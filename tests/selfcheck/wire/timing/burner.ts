// Keeps a processor busy for so many milliseconds: the neighbour that a measurement under load has.
const [ms = '0'] = process.argv.slice(2);
const until = performance.now() + Number(ms);
while (performance.now() < until);
