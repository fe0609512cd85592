// The databases to introspect, made on the server that DATABASE_URL names.
import { createHash } from 'node:crypto'
import { spawnSync } from 'node:child_process'

const { DATABASE_URL, DBM } = process.env
export const urlOf = (database) => {
  const [before, after] = DATABASE_URL.split('?')
  return before.replace(/\/[^/]*$/, '/' + database) + (after ? '?' + after : '')
}
const psql = (url, args, input) => spawnSync('psql', ['-Xq', '-v', 'ON_ERROR_STOP=1', url, ...args], { input, encoding: 'utf8' })
const first = (text) => text.split('\n').find((line) => /error/i.test(line)) ?? text.split('\n')[0]

/** Makes the database of a case, unless it is there -> {database, trouble: why it holds only a part} */
export function build({ id, sql, migrations, database }) {
  database ??= 'peer_' + createHash('sha1').update(id + (sql ?? '')).digest('hex').slice(0, 16)
  const admin = (statement) => {
    const { status, stdout, stderr } = psql(DATABASE_URL, ['-At', '-c', statement])
    if (status !== 0) throw new Error(stderr)
    return stdout.trim()
  }
  if (admin(`SELECT 1 FROM pg_database WHERE datname = '${database}'`)) return { database }
  const half = database + '_half', url = urlOf(half)
  admin(`DROP DATABASE IF EXISTS ${half}`)
  admin(`CREATE DATABASE ${half} TEMPLATE template0`)
  let made
  if (migrations) made = spawnSync(DBM, ['migrate', 'deploy', '-m', migrations, '--url', url], { encoding: 'utf8' })
  else {
    made = psql(url, ['-f', '-'], sql)
    const extension = { citext: 'citext', vector: 'vector', geometry: 'postgis', geography: 'postgis', gin_trgm_ops: 'pg_trgm', uuid_generate_v4: '"uuid-ossp"' }
    for (let tries = 0; made.status !== 0 && tries < 4; tries++) { // what the schema leaves to the one who owns the server
      const missing = Object.keys(extension).find((name) => made.stderr.includes(name))
      if (!missing) break
      psql(url, ['-c', 'DROP SCHEMA public CASCADE', '-c', 'CREATE SCHEMA public', '-c', `CREATE EXTENSION ${extension[missing]}`])
      made = psql(url, ['-f', '-'], sql)
    }
  }
  admin(`ALTER DATABASE ${half} RENAME TO ${database}`)
  return { database, trouble: made.status === 0 ? undefined : first(made.stderr) }
}
