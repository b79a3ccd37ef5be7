// Starts one emulator and says where it listens. Arguments: the package's entry file and the service's name.
// The first line of standard input is the seed, and every further one asks to begin again from it; each is answered with a
// line. The emulator ends when standard input does, so none outlives its test.
import { createInterface } from 'node:readline'
import { pathToFileURL } from 'node:url'

const [entry, service] = process.argv.slice(2)
const { createEmulator } = await import(pathToFileURL(entry).href)

let emulator
createInterface({ input: process.stdin })
  .on('line', async (line) => {
    if (emulator) emulator.reset()
    else emulator = await createEmulator({ service, port: 0, seed: JSON.parse(line) })
    const secrets = Object.fromEntries(emulator.generatedSecrets.map(({ kind, id, value }) => [`${kind}:${id}`, value]))
    console.log(JSON.stringify({ url: emulator.url, secrets }))
  })
  .on('close', () => process.exit(0))
