// schema-score.mjs FAMILY FILE [--show ID]: runs DBM on the cases of a family
// and prints the score by cause; the share is that of the same ones. Status 1 if
// anything differs, but not where dbm is better: the engine's is not valid SQL.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import readline from 'node:readline'
import { spawn, spawnSync } from 'node:child_process'
import { build, urlOf } from './databases.mjs'

const [family, file, , wanted] = process.argv.slice(2)
const { DBM } = process.env
const AT_ONCE = 2, LIMIT = 20000, CAUSES = +(process.env.CAUSES ?? 15)
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'dbm-peer-'))
process.on('exit', () => fs.rmSync(work, { recursive: true, force: true }))
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => process.exit(2))

function dbm(args, { input, cwd = work } = {}) {
  return new Promise((done) => {
    const child = spawn(DBM, args, { cwd, stdio: [input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'] })
    const out = [], err = []
    const timer = setTimeout(() => child.kill('SIGKILL'), LIMIT)
    child.stdout.on('data', (data) => out.push(data))
    child.stderr.on('data', (data) => err.push(data))
    child.stdin?.on('error', () => {}).end(input)
    child.on('error', (error) => done({ status: -1, out: '', err: error.message }))
    child.on('close', (status, signal) => {
      clearTimeout(timer)
      done({ status: signal ?? status, out: Buffer.concat(out).toString(), err: Buffer.concat(err).toString() })
    })
  })
}

// --- what is expected and what came, per family: {want, got, refused: its words, note}
const stored = (place, key, entry) => {
  if (entry[key + '_path']) return entry[key + '_path']
  if (entry[key] === null) return 'empty'
  const at = path.join(place, key + '.prisma')
  fs.writeFileSync(at, entry[key])
  return at
}
const firstWords = (text) => text.split('\n').find(Boolean) ?? '(nothing on stderr)'
const trimmed = (text) => text.trimEnd() + '\n'
const ends = (ran, statuses) => (statuses.includes(ran.status) ? undefined : `status ${ran.status}: ${firstWords(ran.err || ran.out)}`)

function script(want, ran) {
  const status = want === '-- This is an empty migration.\n' ? 0 : 1
  const refused = ends(ran, [0, 1])
  return { want, got: ran.out, refused, note: !refused && ran.out === want && ran.status !== status ? `right script, but status ${ran.status}` : undefined }
}
async function diff(entry, place) {
  return script(entry.sql, await dbm(['diff', stored(place, 'from', entry), stored(place, 'to', entry)]))
}
async function format(entry) {
  const ran = await dbm(['format', '-'], { input: entry.schema })
  return { want: entry.text, got: ran.out, refused: ends(ran, [0]) }
}
async function formatset(entry, place) {
  const copy = path.join(place, 'set')
  fs.rmSync(copy, { recursive: true, force: true })
  fs.cpSync(entry.schema_path, copy, { recursive: true })
  const ran = await dbm(['format', ...entry.texts.map(([name]) => path.join(copy, name))])
  const listed = (pairs) => pairs.map(([name, text]) => `=== ${name}\n${text}`).join('')
  return { want: listed(entry.texts), got: listed(entry.texts.map(([name]) => [name, fs.readFileSync(path.join(copy, name), 'utf8')])), refused: ends(ran, [0]) }
}
// Of a validation the first line with an error counts, not its wording.
async function validate(entry, place) {
  const at = stored(place, 'schema', entry), ran = await dbm(['validate', at])
  const findings = [...(ran.out + ran.err).matchAll(/^(.*?):(\d+):(?:\d+:)? error: (.*)$/gm)].map(([, file, line, message]) => ({ file: path.basename(file), line: +line, message }))
  const place_ = (findings) => {
    const [first] = [...findings].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line))
    return first && { ...first, file: entry.schema === undefined ? first.file : '' }
  }
  const want = place_(entry.errors.map((error) => ({ ...error, file: path.basename(error.file) }))), got = place_(findings)
  const told = (list) => list.map(({ file, line, message }) => `${entry.schema === undefined ? file : ''}:${line}: ${message}\n`).join('') || 'valid\n'
  const answer = { want: told(entry.errors), got: told(findings), refused: ends(ran, [0, 1]) }
  // Meant so: a datasource needs no url, and other databases are refused.
  answer.design = entry.errors.some(({ message }) => message.startsWith('Argument "url" is missing')) || findings.some(({ message }) => message.includes('speaks PostgreSQL only'))
  if (entry.ok !== (ran.status === 0)) answer.cause = entry.ok ? `wrong verdict: only we refuse: ${got?.message ?? firstWords(ran.err)}` : `wrong verdict: only the engine refuses: ${want?.message ?? firstWords(entry.text)}`
  else if (!entry.ok && want && (want.line !== got?.line || want.file !== got?.file)) answer.cause = `wrong line (${got ? (got.line < want.line ? 'before' : 'after') : 'none'}): ${want.message} | ${got?.message}`
  else {
    answer.got = answer.want
    if (!entry.ok && want && !got.message.toLowerCase().startsWith(want.message.split('\n')[0].toLowerCase().replace(/[.\s]+$/, ''))) answer.wording = `${want.message} | ${got.message}`
  }
  return answer
}
// A pull has three questions: without a schema, with the one there is, and what `diff` then says.
const blocks = (text) => trimmed(text.replace(/^(datasource|generator)\s[^}]*\}\n+/gm, '')) // without a schema these are of no interest
const sections = (text) => text.replace(/^\/\/ (?:.*\/)?([^/\n]+\.prisma)$/gm, '// $1').split(/^(?=\/\/ [^\n]+\.prisma$)/m).map(trimmed).sort().join('\n') // several files, in any order
async function pull(entry, place, question) {
  const url = urlOf(build(entry).database)
  if (question === 'diff') return script(entry.diff.sql, await dbm(['diff', url, stored(place, 'schema', entry)]))
  const one = entry[question].files.length === 1
  const ran = await dbm(['db', 'pull', '--print', '--url', url, ...(question === 'again' ? ['--schema', stored(place, 'schema', entry)] : [])])
  const want = entry[question].files.map(([name, text]) => (one ? text : `// ${name}\n${text}`)).join('\n')
  const same = question === 'plain' ? blocks : one ? trimmed : sections
  return { want: same(want), got: same(ran.out), refused: ends(ran, [0]) }
}
const asks = { format, formatset, mangle: format, break: validate, validate }[family] ?? (family === 'pull' ? pull : diff)
const known = { format: 'text', formatset: 'texts', mangle: 'text', break: 'errors', validate: 'errors' }[family] ?? 'sql'
const spread = (entry) => (family !== 'pull' ? [entry] : ['plain', 'again', 'diff'].map((question) => ({ ...entry, id: `${entry.id} ${question}`, question, error: entry[question].error })))
const refusedByEngine = (entry) => entry.error !== undefined || (family !== 'pull' && entry[known] === undefined)

// --- causes: the first line that one has and the other lacks, names and numbers taken out
const WORDS = /^(model|enum|view|type|datasource|generator|String|Int|BigInt|Float|Decimal|Boolean|DateTime|Json|Bytes|Unsupported|map|name|fields|references|sort|ops|length|default|now|autoincrement|uuid|cuid|dbgenerated|sequence|onDelete|onUpdate|Cascade|Restrict|NoAction|SetNull|SetDefault|Asc|Desc|true|false)$/
const sqlShape = (line) => line.replace(/"(?:[^"]|"")*"/g, '"N"').replace(/"N"(, ?"N")+/g, '"N"…').replace(/'(?:[^']|'')*'/g, "'S'").replace(/\b\d+(\.\d+)?\b/g, '9')
const pslShape = (line) => line.replace(/"(?:[^"\\]|\\.)*"/g, '"S"').replace(/\/\/.*/, '// …').replace(/([@.]?)\b([A-Za-z_]\w*)/g, (all, at, word) => (at || WORDS.test(word) ? all : 'N')).replace(/\b\d+\b/g, '9')
const shape = (text) => ({ format: pslShape, formatset: pslShape, mangle: pslShape, break: prose, validate: prose, pull: (line) => (/^(--|ALTER|CREATE|DROP)/.test(line) ? sqlShape(line) : pslShape(line)) }[family] ?? sqlShape)(text)
const prose = (text) => text.split('\n')[0].replace(/`[^`]*`/g, '`N`').replace(/"[^"]*"/g, '"N"').replace(/'[^']*'/g, "'N'").replace(/\b\d+\b/g, '9').replace(/\.\s*$/, '')
const plainWords = (text) => prose(text).replace(/\S*\/\S+/g, 'FILE').replace(/^FILE(:9)*:? ?/, '')
// What the engine writes and the server refuses; dbm writes the valid form.
const NOT_SQL = /SET DATA TYPE (SMALL|BIG)?SERIAL\b|DROP SEQUENCE (".*"\.)?"";|^(CREATE|ALTER) SEQUENCE (?!")\S+ (?!OWNED)|ADD VALUE '[^']*'[^;]/

// Lines of A that B lacks, those of comments last.
function without(a, b) {
  const left = new Map()
  for (const line of b) left.set(line, (left.get(line) ?? 0) + 1)
  const lacking = a.filter((line) => (left.get(line) ? (left.set(line, left.get(line) - 1), false) : line !== ''))
  return lacking.sort((x, y) => /^(--|\/\/)/.test(x) - /^(--|\/\/)/.test(y))
}
const better = ({ want, got }) => {
  const [a, b] = [want.split('\n'), got.split('\n')], missing = without(a, b)
  return missing.length === without(b, a).length && missing.every((line) => NOT_SQL.test(line) || /nextval\('[^'"]* [^'"]*'\)/.test(line))
}
function causeOf({ want, got, cause }) {
  if (cause) return cause.split(' | ').map(prose).join(' | ')
  const [a, b] = [want, got].map((text) => text.split('\n'))
  const at = a.findIndex((line, i) => line !== b[i])
  const [c, d] = [a, b].map((lines) => lines.map((line) => line.trim().replace(/\s+/g, ' ')))
  const [[missing], [extra]] = [without(c, d), without(d, c)]
  if (missing === undefined && extra === undefined) {
    const first = shape(a[at] ?? '(end)')
    return `${without(a, b).length || without(b, a).length || c.join() === d.join() || !a[at] || !b[at] ? 'white space' : 'order'} only: ${first}`
  }
  if (extra === undefined) return `missing: ${shape(missing)}`
  if (missing === undefined) return `too much: ${shape(extra)}`
  const [p, q] = [shape(missing), shape(extra)]
  if (NOT_SQL.test(missing)) return `the engine's is not valid SQL: ${p}\n            we: ${q}`
  return p === q ? `names or numbers: ${p}` : `engine: ${p}\n            we: ${q}`
}

// --- run
const count = { design: 0, same: 0, better: 0, differ: 0, refuse: 0, engine: 0 }, causes = new Map(), refusals = new Map(), notes = new Map(), wordings = new Map()
const tally = (map, cause, id) => { const seen = map.get(cause) ?? map.set(cause, { n: 0, id }).get(cause); seen.n++ }
const show = (id, { want, got, refused, note }) => {
  if (refused) console.log(refused)
  if (note) console.log(note)
  fs.writeFileSync(path.join(work, 'engine'), want)
  fs.writeFileSync(path.join(work, 'dbm'), got)
  process.stdout.write(spawnSync('diff', ['-u', 'engine', 'dbm'], { cwd: work }).stdout.toString() || `${id}: the same\n`)
}

let verdicts = 0
async function one(entry, place) {
  if (refusedByEngine(entry)) return count.engine++
  const answer = await asks(entry, place, entry.question)
  if (wanted) return show(entry.id, answer)
  if (answer.design) return count.design++
  if (answer.note) tally(notes, answer.note, entry.id)
  if (answer.wording) tally(wordings, answer.wording.split(' | ').map(prose).join('\n            we: '), entry.id)
  if (answer.refused) { count.refuse++; tally(refusals, plainWords(answer.refused), entry.id) }
  else if (answer.want === answer.got) count.same++
  else {
    if (answer.cause?.startsWith('wrong verdict')) verdicts++
    count[known === 'sql' && better(answer) ? 'better' : 'differ']++
    tally(causes, causeOf(answer), entry.id)
  }
}
const queue = (async function* () {
  for await (const line of readline.createInterface({ input: fs.createReadStream(file) })) {
    for (const entry of spread(JSON.parse(line))) if (!wanted || entry.id === wanted) yield entry
  }
})()
await Promise.all(Array.from({ length: AT_ONCE }, async (_, i) => {
  const place = path.join(work, String(i))
  fs.mkdirSync(place)
  for (;;) {
    const { value: entry, done } = await queue.next()
    if (done) return
    await one(entry, place)
  }
}))
if (wanted) process.exit(0)

const asked = count.same + count.better + count.differ + count.refuse
const share = (n) => (asked ? (Math.floor((10000 * n) / asked) / 100).toFixed(2) : '0.00') + ' %'
console.log(`${family.padEnd(10)} same ${count.same}  better ${count.better}  differ ${count.differ}  we refuse ${count.refuse}  (not counted: engine refuses ${count.engine}${count.design ? `, by design ${count.design}` : ''})  ${share(count.same)}`)
if (verdicts || family === 'break' || family === 'validate') console.log(`           same verdict ${share(asked - verdicts - count.refuse)}`)
const list = (title, map) => {
  const all = [...map].sort((a, b) => b[1].n - a[1].n)
  for (const [cause, { n, id }] of all.slice(0, CAUSES)) console.log(`  ${title} ${String(n).padStart(5)}  ${cause}   [${id}]`)
  if (all.length > CAUSES) console.log(`  ${title}        … and ${all.length - CAUSES} rarer causes`)
}
list('differs', causes)
list('refused', refusals)
list('note   ', notes)
if (process.env.WORDING) list('wording', wordings)
process.exit(count.differ + count.refuse + notes.size ? 1 : 0)
