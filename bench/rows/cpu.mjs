// Rows about what a message costs in CPU time, both processes added up, where programs are mostly idle: there nobody waits for more messages
// a second, and all that a user sees is the load of the machine.

const row = (id, title, work, params) => ({
  id: `cpu-${id}`, group: 'cpu', title, unit: 'us', better: 'lower', target: 0.95,
  work, params: { rss: 50, childSide: 'fork', ...params }, limit: null,
});

const steady = (rate, extra = {}, suffix = '', words = '') =>
  row(`${rate}${suffix}`, `CPU of a message, ${rate.toLocaleString('en')} a second${words}`, 'steady.cjs', { rate, ...extra });

export const cpuRows = [
  steady(500), steady(2000), steady(5000), steady(9000),
  steady(2000, { way: 'up' }, '-up', ', child to parent'),
  steady(2000, { busy: true }, '-busy', ', all cores busy'),
  row('ping-pong', 'CPU of a message, one there and one back at a time', 'round-trip.cjs', { report: 'cpu' }),
];
