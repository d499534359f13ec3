'use strict';
/* native.js - where is the addon?  The binary that is in the package where it fits, else the one that
 * was built here.  PRISMSEARCH_ADDON names another one: for tests. */

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const root = path.join(__dirname, '..');

function places() {
  if (process.env.PRISMSEARCH_ADDON) return [process.env.PRISMSEARCH_ADDON];
  const libc = process.platform === 'linux' && !process.report?.getReport().header.glibcVersionRuntime ? '-musl' : '';
  return [
    path.join(root, 'prebuilds', `${process.platform}-${process.arch}${libc}`, 'prismsearch.node'),
    path.join(root, 'build', 'Release', 'prismsearch.node'),
  ];
}

/* Later versions of Node show their own zstd and simdjson to every addon; ours must not take them. */
function flags() {
  const { RTLD_LAZY, RTLD_DEEPBIND } = os.constants.dlopen;
  const clash = process.versions.zstd !== undefined || process.versions.simdjson !== undefined;
  return RTLD_LAZY | ((clash && !process.env.PRISMSEARCH_SHALLOW && RTLD_DEEPBIND) || 0);
}

function load() {
  const reasons = [];
  for (const place of places()) {
    if (!fs.existsSync(place)) {
      reasons.push(`${place}: there is none`);
      continue;
    }
    try {
      const module = { exports: {} };
      process.dlopen(module, place, flags());
      return module.exports;
    } catch (error) {
      reasons.push(`${place}: ${error.message}`);
    }
  }
  const how = `node ${path.join(root, 'build.js')}`;
  throw new Error(`prismsearch has no binary for this system:\n  ${reasons.join('\n  ')}\n${how} makes one (README.md, "Building")`);
}

module.exports = load();
