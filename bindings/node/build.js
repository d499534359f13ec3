'use strict';
/* build.js - how is the addon built, and from which library?
 *
 *     node build.js                 into build/Release, from the library's own sources
 *     node build.js --if-needed     ... unless a binary loads already: the install script
 *     node build.js --prebuild      into prebuilds/, with the libraries it needs beside it (bindings/bundle.sh)
 *     node build.js --headers       says where node_api.h is
 *     node build.js --copy-core     the library's sources into core/, for npm pack; --remove-core
 *
 *     PRISMSEARCH_BUILD=DIR         takes the library's objects from a build folder that is there
 *     PRISMSEARCH_SYSTEM=1          links the installed libprismsearch (pkg-config)
 *     CC, CFLAGS, LDFLAGS           as everywhere
 *
 * The sources are those of the checkout two folders up; where there is none, of `core`, which a packed package has.  The
 * library's objects become part of the addon, which shows nothing but its own entry.  Nothing is asked of
 * a registry: node_api.h comes with Node, or in Debian's libnode-dev. */

const { spawnSync } = require('node:child_process');
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');

const here = __dirname;
/* A `core` that was left behind in a checkout is older than what is around it. */
const checkout = path.join(here, '..', '..');
const inCheckout = path.join(checkout, 'bindings', 'node') === here && fs.existsSync(path.join(checkout, 'include', 'prismsearch.h'));
const root = inCheckout ? checkout : path.join(here, 'core');
/* No path of this machine in a binary. */
const mapped = [`-ffile-prefix-map=${root}=prismsearch`, `-ffile-prefix-map=${here}=prismsearch/bindings/node`];

/* Of the sources, all that builds the library. */
const CORE_FILES = ['configure.ac', 'Makefile.am', 'prismsearch.pc.in', 'LICENSE', 'bootstrap', 'CHANGES.md'];
const CORE_FOLDERS = ['include', 'lib', 'm4'];

class BuildError extends Error {}

function run(command, args, how = {}) {
  console.log(`+ ${[command, ...args].join(' ')}`);
  const done = spawnSync(command, args, { stdio: ['ignore', 'inherit', 'inherit'], ...how });
  if (done.error?.code === 'ENOENT') throw new BuildError(`${command} is missing; ${path.join(root, 'bootstrap')} installs or names what is needed`);
  if (done.status !== 0) throw new BuildError(`${command} failed`);
}

function output(command, args) {
  const done = spawnSync(command, args, { encoding: 'utf8' });
  if (done.status !== 0) throw new BuildError(`${command} ${args.join(' ')} failed: ${done.stderr ?? done.error?.message}`);
  return done.stdout.trim();
}

const words = (value) => (value ?? '').split(/\s+/).filter(Boolean);

/* The folder of node_api.h. */
function nodeHeaders() {
  const candidates = [
    process.env.npm_config_nodedir && path.join(process.env.npm_config_nodedir, 'include', 'node'),
    path.join(path.dirname(fs.realpathSync(process.execPath)), '..', 'include', 'node'),
    path.join(os.homedir(), '.cache', 'node-gyp', process.versions.node, 'include', 'node'),
    '/usr/include/node',
    '/usr/include/nodejs/src',
    '/usr/local/include/node',
  ].filter(Boolean);
  const found = candidates.find((folder) => fs.existsSync(path.join(folder, 'node_api.h')));
  if (!found) throw new BuildError(`node_api.h is in none of ${candidates.join(', ')} (Debian: libnode-dev)`);
  return found;
}

/* ---- the library ---- */

function configure(folder) {
  const flags = ['CFLAGS', 'CXXFLAGS'].map((name) => `${name}=${[process.env[name] ?? '-O2 -g', ...mapped].join(' ')}`);
  run(path.join(root, 'configure'), ['--quiet', '--disable-long-tests', ...flags], { cwd: folder });
}

/* A build folder with libprs.la in it. */
function builtCore() {
  if (process.env.PRISMSEARCH_BUILD) return path.resolve(process.env.PRISMSEARCH_BUILD);
  const folder = path.join(here, 'build', 'core');
  fs.mkdirSync(folder, { recursive: true });
  if (!fs.existsSync(path.join(root, 'configure'))) run('autoreconf', ['-fi'], { cwd: root });
  if (!fs.existsSync(path.join(folder, 'Makefile'))) configure(folder);
  run('make', [`-j${os.cpus().length || 1}`, 'libprs.la'], { cwd: folder });
  return folder;
}

/* What a libtool library is linked with. */
function dependenciesOf(archive) {
  const found = /^dependency_libs='(.*)'$/m.exec(fs.readFileSync(archive, 'utf8'));
  return words(found?.[1]).filter((flag) => !flag.endsWith('.la'));
}

function libraryFlags() {
  if (process.env.PRISMSEARCH_SYSTEM) {
    return { compile: words(output('pkg-config', ['--cflags', 'prismsearch'])), link: words(output('pkg-config', ['--libs', 'prismsearch'])) };
  }
  const folder = builtCore();
  const archive = path.join(folder, '.libs', 'libprs.a');
  if (!fs.existsSync(archive)) throw new BuildError(`there is no ${archive}: build the library first (make libprs.la)`);
  return {
    compile: [`-I${path.join(root, 'include')}`],
    link: [archive, '-Wl,--exclude-libs,ALL', ...dependenciesOf(path.join(folder, 'libprs.la')), '-lstdc++'],
  };
}

/* ---- the addon ---- */

function build(target, more = []) {
  const { compile, link } = libraryFlags();
  const sources = fs.readdirSync(path.join(here, 'src')).filter((name) => name.endsWith('.c'));
  fs.mkdirSync(path.dirname(target), { recursive: true });
  const unfinished = `${target}.${process.pid}`; // a process that uses the old one keeps it
  run(process.env.CC || 'cc', [
    ...['-std=c11', '-D_POSIX_C_SOURCE=200809L', '-O2', '-g', '-fPIC', '-shared', '-fvisibility=hidden', '-Wall', '-Wextra'],
    ...mapped,
    ...words(process.env.CFLAGS),
    `-I${nodeHeaders()}`,
    ...compile,
    ...sources.map((name) => path.join(here, 'src', name)),
    ...['-o', unfinished],
    ...link,
    ...['-pthread', '-Wl,-z,relro,-z,now'],
    ...more,
    ...words(process.env.LDFLAGS),
  ]);
  fs.renameSync(unfinished, target);
  console.log(`built ${path.relative(process.cwd(), target)}`);
}

/* A binary for others tells nothing of the machine it was made on. */
function checkPaths(file) {
  const bytes = fs.readFileSync(file);
  for (const folder of [root, here, os.homedir()]) {
    if (folder.length > 1 && bytes.includes(`${path.resolve(folder)}/`)) throw new BuildError(`${file} has paths of ${folder} in it`);
  }
}

/* With the libraries it needs, which it looks for beside itself, and their licences. */
function prebuild() {
  if (!inCheckout) throw new BuildError('a binary for others is made in a checkout');
  const musl = process.report?.getReport().header.glibcVersionRuntime ? '' : '-musl';
  const folder = path.join(here, 'prebuilds', `${process.platform}-${process.arch}${musl}`);
  fs.rmSync(folder, { recursive: true, force: true });
  const target = path.join(folder, 'prismsearch.node');
  build(target, ['-s', '-Wl,--disable-new-dtags,-rpath,$ORIGIN']);
  checkPaths(target);
  run('bash', [path.join(root, 'bindings', 'bundle.sh'), target, folder]);
  const size = fs.readdirSync(folder).reduce((sum, name) => sum + fs.statSync(path.join(folder, name)).size, 0);
  console.log(`${path.relative(process.cwd(), folder)}: ${(size / 1e6).toFixed(1)} MB`);
}

function loads() {
  const code = "require('./lib/native')";
  return spawnSync(process.execPath, ['-e', code], { cwd: here, stdio: 'ignore' }).status === 0;
}

/* ---- the sources, for npm pack ---- */

/* Files of the checkout that make the library, generated ones left out. */
function* coreFiles() {
  yield* CORE_FILES;
  for (const entry of fs.readdirSync(root, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const file = path.relative(root, path.join(entry.parentPath ?? entry.path, entry.name));
    const [top] = file.split(path.sep);
    if (top.startsWith('build') || top.startsWith('.') || file.includes('node_modules')) continue;
    const generated = /^(lt|libtool).*\.m4$/.test(entry.name);
    if (!generated && (CORE_FOLDERS.includes(top) || entry.name === 'local.mk')) yield file;
  }
}

function copyCore() {
  if (!inCheckout) throw new BuildError('there is no checkout to copy from');
  removeCore(); // files that are no more
  fs.copyFileSync(path.join(root, 'LICENSE'), path.join(here, 'LICENSE'));
  const core = path.join(here, 'core');
  const files = [...coreFiles()];
  for (const file of files) {
    const to = path.join(core, file);
    fs.mkdirSync(path.dirname(to), { recursive: true });
    fs.copyFileSync(path.join(root, file), to);
  }
}

function removeCore() {
  for (const name of ['core', 'LICENSE']) fs.rmSync(path.join(here, name), { recursive: true, force: true });
}

const TASKS = {
  '--prebuild': prebuild,
  '--copy-core': copyCore,
  '--remove-core': removeCore,
  '--headers': () => console.log(nodeHeaders()),
  '--if-needed': () => loads() || build(path.join(here, 'build', 'Release', 'prismsearch.node')),
};

try {
  const [task] = process.argv.slice(2);
  if (task === undefined) build(path.join(here, 'build', 'Release', 'prismsearch.node'));
  else if (Object.hasOwn(TASKS, task)) TASKS[task]();
  else throw new BuildError(`no task ${task}; there are ${Object.keys(TASKS).join(', ')}`);
} catch (error) {
  if (!(error instanceof BuildError)) throw error;
  console.error(`build.js: ${error.message}`);
  process.exitCode = 1;
}
