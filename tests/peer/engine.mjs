// The real engine, asked directly. ORACLE names the folder it is installed in.
// A schema is a list of [path, text]; null stands for an empty database.
import path from 'node:path'
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const root = path.resolve(process.env.ORACLE)
const { loadEngine, container, noFilter } = await import(pathToFileURL(root + '/lib/engine.mjs'))
const psl = createRequire(root + '/oracle.mjs')('@prisma/prisma-schema-wasm')

export const BLANK = [['schema.prisma', 'datasource db {\n  provider = "postgresql"\n  url = "postgresql://localhost/x"\n}\n']]
const plain = (text) => text.replace(/\u001b\[[0-9;]*m/g, '')

// Where the engine panics nothing but an event tells; a panicked engine is replaced.
let panicked = () => {}
globalThis.PRISMA_WASM_PANIC_REGISTRY = { message: '', set_message(message) { this.message = message } }
for (const event of ['uncaughtException', 'unhandledRejection']) process.on(event, (error) => panicked(error))
let engine
async function ask(question) {
  engine ??= (await loadEngine({ files: BLANK })).engine
  let timer
  const failure = new Promise((_, no) => {
    panicked = (error) => { engine = undefined; no(error) }
    timer = setTimeout(() => panicked(new Error('timeout')), 30000)
  })
  try {
    return await Promise.race([question(engine), failure])
  } catch (error) {
    throw new Error(plain(String(error?.message ?? error)))
  } finally {
    clearTimeout(timer)
  }
}

// The engine wants a url it can resolve, dbm wants none: the same literal one for every schema.
export const withUrl = (files) => files.map(([name, text]) => [name, text.replace(/^(datasource\s+\w+\s*\{[^}]*\})/gm, (block) =>
  block.replace(/^[ \t]*(url|directUrl|shadowDatabaseUrl)\s*=.*$/gm, '').replace('{', '{\n  url = "postgresql://localhost/x"'))])
const side = (files) => (files?.length ? { tag: 'schemaDatamodel', ...container(withUrl(files)) } : { tag: 'empty' })
const script = (answer) => (answer.stdout.endsWith('\n') ? answer.stdout : answer.stdout + '\n')
const wanted = { shadowDatabaseUrl: null, script: true, exitCode: null, filters: noFilter }

/** -> {sql} or, where the engine refuses, {error} */
export async function diff(from, to) {
  try {
    return { sql: script(await ask((engine) => engine.diff({ ...wanted, from: side(from), to: side(to) }))) }
  } catch (error) {
    return { error: error.message }
  }
}

/** what `dbm diff URL SCHEMA` must print -> {sql} or {error} */
export async function diffDatabase(url, files) {
  try {
    const { engine } = await loadEngine({ url, files: withUrl(files) })
    const from = { tag: 'schemaDatasource', ...container(withUrl(files)), configDir: process.cwd() }
    return { sql: script(await engine.diff({ ...wanted, from, to: side(files) })) }
  } catch (error) {
    return { error: plain(String(error?.message ?? error)) }
  }
}

/** -> {files, warnings} or {error} */
export async function pull(url, files) {
  try {
    const { engine } = await loadEngine({ url, files })
    const { schema, warnings } = await engine.introspect({ schema: container(files), baseDirectoryPath: '.', force: false, compositeTypeDepth: -1, namespaces: null })
    return { files: schema.files.map(({ path, content }) => [path, content]), warnings: plain(warnings ?? '') }
  } catch (error) {
    return { error: plain(String(error?.message ?? error)) }
  }
}

/** -> {ok, errors: [{file, line, message}], text} */
export function validate(files) {
  try {
    psl.validate(JSON.stringify({ prismaSchema: files, noColor: true }))
    return { ok: true, errors: [], text: '' }
  } catch (error) {
    let text = error.message
    try { text = JSON.parse(text).message } catch {}
    if (!/^error: /m.test(text)) return { panic: text } // no answer at all
    const errors = [...text.matchAll(/^error: ([\s\S]*?)\n\s+-->\s+(.*):(\d+)$/gm)]
    return { ok: false, errors: errors.map(([, message, file, line]) => ({ file, line: +line, message })), text }
  }
}

/** -> the same files, formatted as one schema */
export const format = (files) => JSON.parse(psl.format(JSON.stringify(files), JSON.stringify({ textDocument: { uri: 'file:/dev/null' }, options: { tabSize: 2, insertSpaces: true } })))
