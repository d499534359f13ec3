/* news.mjs - an index of articles from NDJSON, asked a question: the whole of it.
 *
 *     node news.mjs FOLDER ARTICLES.ndjson "备份 postgres*" */
import { Index, date, key, keyword, readNdjson, text } from 'prismsearch';

const [folder, articles, question] = process.argv.slice(2);
if (folder === undefined || articles === undefined || question === undefined) {
  console.error('news.mjs FOLDER ARTICLES.ndjson QUESTION');
  process.exit(2);
}

const index = await Index.open(folder, {
  create: { id: key(), title: text({ boost: 2 }), body: text(), date: date({ column: true }), tags: keyword({ many: true }) },
});
const writer = await index.writer({ load: true });
const { put } = await writer.putAll(readNdjson(articles), { onReject: (place, error) => console.warn(`article ${place + 1}: ${error.message}`) });
console.log(`${put} put, commit ${await writer.commit()}`);
await writer.close();

const hits = await index.search(question, { highlight: ['title', 'body'], signal: AbortSignal.timeout(1000) });
console.log(`${hits.total} found`);
for (const hit of hits) console.log(hit.key, hit.score.toFixed(2), hit.highlights.title?.[0]?.marked('[', ']', { escape: false }) ?? '');
await index.close();
