// What the scripts share: the hub they are started for, and the person who signs in.
import { createInterface } from 'node:readline'

// Node 18 has these, but not as globals.
const { webcrypto } = await import('node:crypto')
globalThis.crypto ??= webcrypto
globalThis.CryptoKey ??= webcrypto.CryptoKey

/** What the test told this script, as a JSON object. */
export const told = JSON.parse(process.env.HUB_CLIENT)

const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()

/**
 * Sends the person to an address of the hub. They fill in every page and come back to the service.
 * @returns {Promise<URL | Request>} how they came: by GET, or with a form that was posted
 */
export async function send(address) {
  process.stdout.write(JSON.stringify(String(address)) + '\n')
  const { value, done } = await lines.next()
  if (done) throw new Error('the person is gone')
  const { method, url, body } = JSON.parse(value)
  if (method === 'GET') return new URL(url)
  return new Request(url, { method, body, headers: { 'content-type': 'application/x-www-form-urlencoded' } })
}

/** Runs what a script is made of; what fails is told, and the rest runs all the same. */
export async function inTurn(parts) {
  for (const [name, part] of Object.entries(parts)) {
    try {
      await part()
    } catch (wrong) {
      console.error(`${name}:`, wrong)
      process.exitCode = 1
    }
  }
  process.stdin.destroy()
}
