// A measurement of the limits program (bench/limits) beside a row.
export const limits = (...args) => ({ program: 'limits', args });
