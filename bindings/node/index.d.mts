/* index.d.mts - the types of the ES module: those of index.d.ts, and all of it as a default. */
export * from './index.js';
import * as prismsearch from './index.js';
export default prismsearch;
