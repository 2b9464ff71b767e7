// Keeps a processor busy for the given number of milliseconds: the busy neighbour in a measurement under load.
const [ms = '0'] = process.argv.slice(2);
const until = performance.now() + Number(ms);
while (performance.now() < until);
