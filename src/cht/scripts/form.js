// form-source/claim_feedback.json -> forms/app/claim_feedback.xlsx -> forms/app/claim_feedback.xml
const path = require('path');
const writeXlsxFile = require('write-excel-file/node').default || require('write-excel-file/node');
const { cht, PROJECT } = require('./cht');
const { sheets } = require('./sheets');

const write = async (file) => {
  const pages = Object.entries(sheets()).map(([sheet, rows]) => ({
    sheet,
    data: rows.map(row => row.map(value => value === '' ? null : { value, type: String })),
  }));
  await writeXlsxFile(pages).toFile(file);
};

module.exports = { write };

if (require.main === module) {
  write(path.join(PROJECT, 'forms/app/claim_feedback.xlsx')).then(() => {
    const { status, output } = cht(['convert-app-forms', '--', 'claim_feedback']);
    process.stdout.write(output);
    process.exit(status);
  });
}
