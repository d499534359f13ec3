/* retriever.mjs - the retriever of a program that answers questions: passages in, the best ones for a
 * question out, with the marks that say why.  It needs no framework and fits any.
 *
 *     node retriever.mjs "how do I back up PostgreSQL" */
import { fileURLToPath } from 'node:url';
import { Index, key, keyword, range, text } from 'prismsearch';

const SCHEMA = { id: key(), source: keyword({ column: true }), passage: text() };

/**
 * Cut a text at its empty lines.
 * @param {string} source
 * @param {string} content
 */
export function* passagesOf(source, content) {
  let n = 0;
  for (const passage of content.split(/\n\s*\n/)) {
    if (passage.trim()) yield { id: `${source}#${n++}`, source, passage: passage.trim() };
  }
}

export class Retriever {
  #index;

  constructor(index = Index.inMemory(SCHEMA)) {
    this.#index = index;
  }

  /**
   * The passages of a source replace those it had.
   * @param {string} source
   * @param {string} content
   */
  async add(source, content) {
    const writer = await this.#index.writer();
    try {
      await writer.deleteByQuery(range('source', source, source)); // by a call: a source may hold any character
      await writer.putAll(passagesOf(source, content));
      await writer.commit();
    } finally {
      await writer.close();
    }
  }

  /**
   * @param {string} question words in it are words, whatever they look like
   * @param {{ limit?: number, signal?: AbortSignal }} how
   */
  async retrieve(question, { limit = 5, signal } = {}) {
    const hits = await this.#index.search(question, { plain: true, limit, highlight: ['passage'], signal });
    return hits.hits.map((hit) => ({
      source: String(hit.fields.source),
      passage: String(hit.fields.passage),
      score: hit.score,
      because: (hit.highlights.passage ?? []).flatMap((fragment) => fragment.matches),
    }));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const retriever = new Retriever();
  await retriever.add('manual', 'Back up PostgreSQL every day.\n\nBuy milk.\n\n每天备份数据库。');
  for (const { source, passage, because } of await retriever.retrieve(process.argv[2] ?? 'backup 备份 postgresql')) {
    console.log(`${source}: ${passage} (${because.join(', ')})`);
  }
}
