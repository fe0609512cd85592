// Loaded into the real engine (node --import): prints what the server answered,
// as the engine replaces the commonest errors by words of its own.
import { createRequire } from 'node:module'
import { pathToFileURL } from 'node:url'

const engine = pathToFileURL(process.env.ORACLE + '/oracle.mjs')
const { Pool } = createRequire(engine)('pg')
const query = Pool.prototype.query

Pool.prototype.query = async function (...args) {
  try {
    return await query.apply(this, args)
  } catch (e) {
    console.error(`server error ${e.code}: ${e.message}`)
    throw e
  }
}
