// schema-speed.mjs: DBM beside the engine, both started as programs, in turns;
// medians of 21 runs. Status 1 if a bar is missed: milliseconds, 30 times as fast.
import fs from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { spawnSync } from 'node:child_process'

const { DBM, ORACLE, CORPUS } = process.env
const RUNS = 21, FASTER = 30
const work = fs.mkdtempSync(path.join(os.tmpdir(), 'dbm-speed-'))
process.on('exit', () => fs.rmSync(work, { recursive: true, force: true }))

const texts = fs.readdirSync(CORPUS, { recursive: true })
  .filter((name) => name.endsWith('.prisma') && !name.includes('/migrations/'))
  .map((name) => fs.readFileSync(path.join(CORPUS, name), 'utf8'))
  .filter((text) => /^datasource\s[^}]*provider\s*=\s*"postgres/m.test(text))
const lines = (text) => text.split('\n').length - 1
const nearest = (want) => texts.toSorted((a, b) => Math.abs(lines(a) - want) - Math.abs(lines(b) - want))
const file = (name, text) => (fs.writeFileSync(path.join(work, name), text), path.join(work, name))

const run = (...command) => {
  const begun = process.hrtime.bigint(), { status, stdout } = spawnSync(command[0], command.slice(1), { maxBuffer: 2 ** 28 })
  return { ms: Number(process.hrtime.bigint() - begun) / 1e6, status, text: stdout?.toString().trimEnd() }
}
const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1]
let missed = 0
function measure(title, bar, from, to) {
  const ours = [], theirs = []
  for (let i = 0; i < RUNS; i++) {
    ours.push(run(DBM, 'diff', from, to))
    theirs.push(run('node', path.join(ORACLE, 'oracle.mjs'), 'diff', '--from', from, '--to', to))
  }
  const [a, b] = [ours, theirs].map((runs) => median(runs.map(({ ms }) => ms)))
  const ran = ours[0].status <= 1 && theirs[0].status === 0, same = ran && ours[0].text === theirs[0].text
  if (!same || a > bar || b / a < FASTER) missed = 1
  const but = !ran ? `, but dbm had status ${ours[0].status}, the engine ${theirs[0].status}` : same ? '' : ', but the scripts differ'
  console.log(`speed      ${title}: dbm ${a.toFixed(1)} ms (bar ${bar}), engine ${b.toFixed(1)} ms, ratio ${(b / a).toFixed(1)} (bar ${FASTER})${but}`)
}
for (const text of nearest(2500).slice(0, 1)) measure(`empty to ${lines(text)} lines`, 15, 'empty', file('short.prisma', text))
const [long] = nearest(7000)
measure(`no change in ${lines(long)} lines`, 40, file('a.prisma', long), file('b.prisma', long))
process.exit(missed)
