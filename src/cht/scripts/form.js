// form-source/claim_feedback.json -> forms/app/claim_feedback.xlsx -> forms/app/claim_feedback.xml
const fs = require('fs');
const path = require('path');
const { isDeepStrictEqual } = require('util');
const { readSheet } = require('read-excel-file/node');
const writeXlsxFile = require('write-excel-file/node').default || require('write-excel-file/node');
const { cht, PROJECT } = require('./cht');
const { sheets } = require('./sheets');

const FILE = path.join(PROJECT, 'forms/app/claim_feedback.xlsx');

/** The sheets of an .xlsx, by the names of ours. */
const read = async file => Object.fromEntries(await Promise.all(Object.keys(sheets()).map(async name => [
  name,
  (await readSheet(file, name, { trim: false })).map(row => row.map(cell => cell === null ? '' : String(cell))),
])));

const write = async file => {
  // an .xlsx holds the time of its making: one that says the same is left as it is
  if (fs.existsSync(file) && isDeepStrictEqual(await read(file), sheets())) {
    return;
  }
  const pages = Object.entries(sheets()).map(([sheet, rows]) => ({
    sheet,
    data: rows.map(row => row.map(value => value === '' ? null : { value, type: String })),
  }));
  await writeXlsxFile(pages).toFile(file);
};

module.exports = { FILE, read };

if (require.main === module) {
  write(FILE).then(() => {
    const { status, output } = cht(['convert-app-forms', '--', 'claim_feedback']);
    process.stdout.write(output);
    process.exit(status === null ? 1 : status);
  });
}
