// schema-cases.mjs FAMILY FILE: writes the cases of a family, with the real
// engine's answers, one JSON line each. SEED, CORPUS, PAIRS, CACHE, ORACLE and
// DATABASE_URL are in the environment. A schema in a case is its text, or null
// for none; where it lies on disk, KEY_path names the file or folder.
import fs from 'node:fs'
import path from 'node:path'
import { spawnSync } from 'node:child_process'
import * as engine from './engine.mjs'
import { build, urlOf } from './databases.mjs'

const [family, target] = process.argv.slice(2)
const { CORPUS, PAIRS, CACHE, ORACLE, SEED } = process.env
const read = (file) => fs.readFileSync(file, 'utf8')
const out = fs.openSync(target + '.part', 'w')
const put = (entry) => fs.writeSync(out, JSON.stringify(entry) + '\n')

const gen = (args, input) => {
  const { stdout, status } = spawnSync('node', [ORACLE + '/gen.mjs', '--seed', SEED, ...args.map(String)], { input, maxBuffer: 2 ** 30 })
  if (status !== 0) throw new Error('gen.mjs failed')
  return stdout.toString()
}
const generated = (...args) => gen(args).split('\n').filter(Boolean).map((line) => JSON.parse(line))

/** the .prisma files below a folder -> [[path below it, text]] */
const filesAt = (at) => {
  if (!fs.existsSync(at)) return []
  return fs.readdirSync(at, { recursive: true }).filter((name) => name.endsWith('.prisma') && fs.statSync(path.join(at, name)).isFile()).sort().map((name) => [name, read(path.join(at, name))])
}
/** where a program is to look, and the text if it is one */
const placed = (key, at, files) => {
  if (!files.length) return { [key]: null }
  if (files.length > 1) return { [key + '_path']: at }
  return { [key]: files[0][1], [key + '_path']: path.join(at, files[0][0]) }
}

/** every schema of the corpus: {id, entry, at, files, own}, staged below CACHE so that a folder holds one schema */
function schemas() {
  const found = []
  for (const entry of fs.readdirSync(CORPUS).flatMap((name) => (name.startsWith('_') ? fs.readdirSync(path.join(CORPUS, name)).map((below) => name + '/' + below) : [name]))) {
    const root = path.join(CORPUS, entry, 'prisma')
    const all = filesAt(root).filter(([name]) => !/(^|\/)migrations\//.test(name))
    const roots = all.filter(([, text]) => /^datasource\s/m.test(text))
    const sets = roots.length === 1 ? [['', all]] : roots.map(([name, text]) => [name, [[path.basename(name), text]]])
    for (const [name, files] of sets) {
      const id = entry + (name && '/' + name), at = path.join(CACHE, 'schemas', id.replace(/\.prisma$/, ''))
      const provider = (roots.length === 1 ? roots[0][1] : files[0][1]).match(/^datasource\s[^}]*?provider\s*=\s*"(\w+)"/m)?.[1]
      for (const [below, text] of files) {
        fs.mkdirSync(path.dirname(path.join(at, below)), { recursive: true })
        fs.writeFileSync(path.join(at, below), text)
      }
      found.push({ id, entry, at, files, postgres: /^postgres/.test(provider ?? ''), migrations: path.join(root, 'migrations') })
    }
  }
  return found
}
const ours = () => schemas().filter((schema) => schema.postgres)

function formatted(id, text, seen) {
  if (seen.has(text)) return
  seen.add(text)
  try {
    const answer = engine.format([['schema.prisma', text]])[0][1]
    put({ id, schema: text, text: answer })
    return answer
  } catch (error) {
    put({ id, schema: text, error: error.message })
  }
}

const families = {
  async gen() { for (const { id, from, to } of generated('--count', 10000)) put({ id, from, to, ...(await engine.diff(from && [['schema.prisma', from]], [['schema.prisma', to]])) }) },
  async genmulti() { for (const { id, from, to } of generated('--count', 2000, '--multi')) put({ id, from, to, ...(await engine.diff(from && [['schema.prisma', from]], [['schema.prisma', to]])) }) },
  async pairs() {
    for (const entry of fs.readdirSync(PAIRS).filter((name) => !name.startsWith('.') && name !== 'index.tsv')) {
      for (const name of fs.readdirSync(path.join(PAIRS, entry)).sort()) {
        const at = path.join(PAIRS, entry, name), before = filesAt(at + '/before'), after = filesAt(at + '/after')
        put({ id: `${entry}/${name}`, ...placed('from', at + '/before', before), ...placed('to', at + '/after', after), ...(await engine.diff(before, after)) })
      }
    }
  },
  async full() {
    for (const { id, at, files } of ours()) {
      put({ id: 'to ' + id, from: null, ...placed('to', at, files), ...(await engine.diff(null, files)) })
      put({ id: 'from ' + id, ...placed('from', at, files), to: null, ...(await engine.diff(files, null)) })
    }
  },
  format() { // each schema file by itself, and what came out once more
    const seen = new Set()
    const cases = schemas().flatMap(({ id, files }) => files.map(([name, text]) => [`${id} ${name}`, text]))
    for (const [id, text] of cases) {
      const answer = formatted(id, text, seen)
      if (answer !== undefined) formatted('again ' + id, answer, seen)
    }
  },
  formatset() { // the schemas of several files, formatted as one
    for (const { id, at, files } of schemas()) {
      if (files.length < 2) continue
      try { put({ id, schema_path: at, texts: engine.format(files) }) } catch (error) { put({ id, schema_path: at, error: error.message }) }
    }
  },
  mangle() {
    const seen = new Set(), all = schemas().flatMap(({ id, files }) => files.map(([name, text]) => [`${id} ${name}`, text]))
    for (let i = 0; i < 1000; i++) {
      const [id, text] = all[i % all.length], seed = +SEED * 1000 + i
      const { stdout } = spawnSync('node', [ORACLE + '/gen.mjs', '--mangle', '--seed', String(seed)], { input: text, maxBuffer: 2 ** 30 })
      formatted(`${seed} ${id}`, stdout.toString(), seen)
    }
  },
  break() { for (const { id, schema } of generated('--break', '--count', 5000)) put({ id, schema, ...engine.validate([['schema.prisma', schema]]) }) },
  validate() { // every schema there is, as it is
    const seen = new Set()
    const one = (id, at, files) => {
      const key = JSON.stringify(files)
      if (!files.length || seen.has(key)) return
      seen.add(key)
      put({ id, ...placed('schema', at, files), ...engine.validate(files) })
    }
    for (const { id, at, files } of ours()) one(id, at, files)
    for (const entry of fs.readdirSync(PAIRS).filter((name) => !name.startsWith('.') && name !== 'index.tsv')) {
      for (const name of fs.readdirSync(path.join(PAIRS, entry)).sort()) {
        for (const when of ['before', 'after']) one(`${entry}/${name}/${when}`, path.join(PAIRS, entry, name, when), filesAt(path.join(PAIRS, entry, name, when)))
      }
    }
  },
  async pull() { // a database made from the schema, another from its history
    for (const { id, at, files, migrations } of ours()) {
      const { sql } = await engine.diff(null, files)
      // one without a url, as later versions have it, is given one: else the engine refuses it
      const valid = engine.validate(files).ok, usable = valid ? files : engine.withUrl(files), place = valid ? at : at + '+url'
      for (const [name, text] of usable) {
        fs.mkdirSync(path.dirname(path.join(place, name)), { recursive: true })
        fs.writeFileSync(path.join(place, name), text)
      }
      for (const how of ['schema', 'history']) {
        if (how === 'schema' ? !sql : !fs.existsSync(migrations)) continue
        const entry = { id: `${how} ${id}`, ...(how === 'schema' ? { sql } : { migrations }), ...placed('schema', place, usable) }
        const { database, trouble } = build(entry)
        // each database in a process of its own: the engine keeps its connections
        const asked = spawnSync('node', [new URL('ask-database.mjs', import.meta.url).pathname, urlOf(database)], { input: JSON.stringify(usable), maxBuffer: 2 ** 30, encoding: 'utf8' })
        if (asked.status !== 0) throw new Error(`${id}: ${asked.stderr}`)
        put({ ...entry, database, trouble, ...JSON.parse(asked.stdout) })
      }
    }
  },
}
await families[family]()
fs.renameSync(target + '.part', target)
process.exit(0)
