// Validates our SARIF against the schema of the standard, as published with @microsoft/jest-sarif, by ajv:
//   node sarif.mjs TOLLGATE SOURCE_FOLDER SCRATCH_FOLDER
// Exits with 77 where npm cannot fetch it (ctest says "skipped").
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, readdirSync } from 'node:fs'
import { createRequire } from 'node:module'
import { join } from 'node:path'

const [tollgate, source, scratch] = process.argv.slice(2)
const peer = '@microsoft/jest-sarif'

function fetchPeer() {
  mkdirSync(scratch, { recursive: true })
  if (existsSync(join(scratch, 'node_modules', peer))) return
  try {
    execFileSync('npm', ['install', '--silent', '--no-audit', '--no-fund', '--prefix', scratch, `${peer}@1.0.0-beta.0`], { stdio: 'ignore', timeout: 120_000 })
  } catch (trouble) {
    console.log(`npm cannot fetch ${peer}: ${trouble.message}`)
    process.exit(77)
  }
}

// Every golden file with a mistake, a few at a time: one log for each folder, and one without a finding.
function logs() {
  const golden = join(source, 'tests', 'golden')
  const folders = readdirSync(golden, { withFileTypes: true }).filter(entry => entry.isDirectory()).map(entry => join(golden, entry.name))
  return [...folders, join(source, 'carriers')].map(folder => {
    const run = spawnSync(tollgate, ['check', '--format', 'sarif', folder], { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 })
    return { folder, text: run.stdout }
  })
}

fetchPeer()
const require = createRequire(join(scratch, 'node_modules/'))
const schema = JSON.parse(readFileSync(join(scratch, 'node_modules', peer, 'lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'))
const Ajv = require('ajv')
const validate = new Ajv({ schemaId: 'id', meta: false, unknownFormats: 'ignore', logger: false, allErrors: true })
  .addMetaSchema(require('ajv/lib/refs/json-schema-draft-04.json')).compile(schema)

let results = 0
let failed = 0
for (const { folder, text } of logs()) {
  const log = JSON.parse(text)
  for (const run of log.runs) results += run.results.length
  if (validate(log)) continue
  ++failed
  console.log(`${folder}: not SARIF 2.1.0`)
  for (const error of validate.errors.slice(0, 5)) console.log(`  ${error.dataPath} ${error.message}`)
}
// A judge that lets everything pass is none.
const broken = JSON.parse(logs()[0].text)
broken.runs[0].results[0].level = 'fatal'
if (validate(broken)) {
  ++failed
  console.log('the schema takes a level that SARIF does not have')
}
console.log(`${results} findings judged, ${failed} logs refused`)
process.exit(failed === 0 && results > 100 ? 0 : 1)
