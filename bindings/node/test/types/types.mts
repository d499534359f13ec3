/* Compiled by tsc --strict, never run: what must be accepted, and what must not. */
import prismsearch, {
  Index,
  type Hits,
  type Hit,
  type Snapshot,
  type Writer,
  LockedError,
  ParseError,
  PrismError,
  Schema,
  and,
  bool,
  check,
  date,
  everything,
  integer,
  key,
  keyword,
  near,
  not,
  range,
  readNdjson,
  reindex,
  restore,
  term,
  text,
} from 'prismsearch';

interface Article {
  id: string;
  title: string;
  n?: bigint;
}

const version: string = prismsearch.version;
const schema = new Schema({ id: key(), title: text({ boost: 2, options: { stem: 'german' } }), date: date({ column: true }), n: 'i64' });
const index: Index = await Index.create('news', schema, { existOk: true });
const writer: Writer = await index.writer({ memory: '256M', threads: 2 });
await writer.put({ id: 'a', title: 'one', n: 9007199254740993n, date: new Date(), tags: new Set(['x']) });
await writer.put('{"id":"b"}');
await writer.put(Buffer.from('{}'), { append: true });
const { put, rejected } = await writer.putAll(readNdjson('x.ndjson'), { onReject: (place, error) => console.warn(place + 1, error.message) });
const counts: number = put + rejected.length;
const generation: number = await writer.commit(new Uint8Array(3));
const gone: boolean = await writer.delete('a');
const many: number = await writer.deleteByQuery(range('date', undefined, new Date(), { openTo: true }));
await writer.merge(1, { progress: (done, total) => console.log(done / total), signal: new AbortController().signal });
await writer.setSchema(schema.withFields({ more: integer() }));
await writer.close();

const hits: Hits<Article> = await index.search<Article>('备份 postgres*', {
  limit: 20,
  offset: 5,
  highlight: ['title'],
  filter: range('date', '2026-01-01'),
  sort: 'date:desc',
  count: true,
  select: ['id', 'title'],
  timeoutMs: 50,
  signal: AbortSignal.timeout(100),
  threads: 2,
  fields: { title: 2 },
});
for (const hit of hits) {
  const title: string = hit.fields.title;
  const marks: string[] | undefined = hit.highlights['title']?.[0]?.matches;
  console.log(hit.key, hit.score.toFixed(2), title, marks, hit.sortValues[0] instanceof Date, await hit.snippet('title', { mark: ['[', ']'] }));
}
const next: string | null = hits.next;
const page: Hits = await index.search('x', { after: next });
for await (const hit of index.scan('tags:db', { sort: 'id' })) hit satisfies Hit;
for await (const document of index) document['id'];
const snapshot: Snapshot = await (await index.snapshot()).refresh();
const found: Article | undefined = await snapshot.get<Article>('a');
const total: number = snapshot.countSync(and('a', not(term('b')), bool({ should: ['c', near('d e', 3)], atLeast: 1 })).boost(2));
console.log(snapshot.parse(everything()).tree, snapshot.analyze('数据库', 'title')[0]?.term, snapshot.terms('title'));
const findings: PrismError[] = await check('news', { level: 'deep' });
await restore('a', new URL('file:///b'), { copy: true });
await reindex('news', { schema: { id: key(), tags: keyword({ many: true }) } });
try {
  await index.search('title:(a OR', { strict: true });
} catch (error) {
  if (error instanceof ParseError) console.log(error.code, error.column);
  if (error instanceof LockedError) throw error;
}
await index.close();
console.log(version, counts, generation, gone, many, page, found, total, findings);

// @ts-expect-error: no such option
await index.search('x', { limits: 3 });
// @ts-expect-error: a query is a string or made by calls
await index.search(5);
// @ts-expect-error: indexes are made by open and create
new Index();
// @ts-expect-error: a number is no document
await writer.put(5);
// @ts-expect-error: no such kind of field
new Schema({ x: 'int' });
// @ts-expect-error: a field of text has no column
text({ column: true });
// @ts-expect-error: hits cannot be changed
hits.total = 5;

async function blocks(): Promise<void> {
  await using own = await Index.open('x');
  using snapshot = own.snapshotSync();
  await using writer = await own.writer();
  [snapshot, writer] satisfies Disposable[];
}
blocks satisfies () => Promise<void>;
