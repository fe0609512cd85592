// script.mjs URL <ROWS -- what the guide's script sends: batches of 100 rows,
// an upsert a row, each awaited.  ROWS are COPY text of perfumes.  It asks
// less of Node than the real one: no client library stands in between, and
// the statement is the shortest there is (Prisma's own client was measured
// at five times the time of this).
import net from 'node:net'
import readline from 'node:readline'

const columns = ['id', 'name', 'price', 'details', '"createdAt"', '"updatedAt"']
const upsert = `INSERT INTO perfumes (${columns}) VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE SET ${columns.slice(1).map((c) => `${c} = excluded.${c}`)}`

const url = new URL(process.argv[2])
const socket = net.connect(`${url.searchParams.get('host')}/.s.PGSQL.${url.port || 5432}`)

const message = (type, ...parts) => {
	const body = Buffer.concat(parts.map((p) => (typeof p === 'string' ? Buffer.from(p + '\0') : p)))
	const head = Buffer.alloc(type.length + 4)
	head.write(type)
	head.writeInt32BE(body.length + 4, type.length)
	return Buffer.concat([head, body])
}
const int16 = (n) => Buffer.from([n >> 8, n & 255])
const int32 = (n) => Buffer.from([n >> 24, n >> 16, n >> 8, n])

let waiting, unread = Buffer.alloc(0)
socket.on('data', (data) => {
	for (unread = Buffer.concat([unread, data]); unread.length >= 5;) {
		const size = unread.readInt32BE(1) + 1
		if (unread.length < size)
			break
		const type = String.fromCharCode(unread[0])
		if (type === 'E')
			throw new Error(unread.subarray(5, size).toString())
		unread = unread.subarray(size)
		if (type === 'Z') // ready for the next query
			waiting()
	}
})
const answer = (bytes) => {
	const ready = new Promise((resolve) => { waiting = resolve })
	socket.write(bytes)
	return ready
}

const send = (values) => answer(Buffer.concat([
	message('P', '', upsert, int16(0)),
	message('B', '', '', int16(0), int16(values.length),
	    ...values.flatMap((v) => (v === null ? [int32(-1)] : [int32(Buffer.byteLength(v)), Buffer.from(v)])), int16(0)),
	message('D', Buffer.from('P'), ''), message('E', '', int32(0)), message('S')]))

const letter = { b: '\b', f: '\f', n: '\n', r: '\r', t: '\t', v: '\v' }
const value = (field) => (field === '\\N' ? null : field.replace(/\\(.)/g, (_, c) => letter[c] ?? c))

await answer(message('', int32(196608), 'user', url.username, 'database', url.pathname.slice(1), Buffer.alloc(1)))
let batch = []
const flush = async () => {
	for (const values of batch)
		await send(values)
	batch = []
}
for await (const line of readline.createInterface({ input: process.stdin })) {
	batch.push(line.split('\t').map(value))
	if (batch.length === 100)
		await flush()
}
await flush()
socket.end(message('X'))
