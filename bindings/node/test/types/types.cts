/* The same package by require. */
import prismsearch = require('prismsearch');

const index = prismsearch.Index.inMemory();
const writer: prismsearch.Writer = index.writerSync();
writer.putSync({ id: 'a' });
const keys: string[] = index.searchSync('*:*').keys;
const error: prismsearch.PrismError = new prismsearch.NotFoundError('x', 'ENOTFOUND');
console.log(keys, error.code);
