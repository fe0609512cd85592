// ask-database.mjs URL <FILES: what the engine says of a database, as JSON: {plain, again, diff}.
// FILES, a list of [path, text], is the schema for the last two.
import fs from 'node:fs'
import * as engine from './engine.mjs'

const url = process.argv[2], files = JSON.parse(fs.readFileSync(0, 'utf8'))
const plain = await engine.pull(url, engine.BLANK)
const again = await engine.pull(url, files.map(([name, text]) => ['prisma/' + name, text]))
const diff = await engine.diffDatabase(url, files)
process.stdout.write(JSON.stringify({ plain, again, diff }), () => process.exit(0))
