const fs = require('fs');
const path = require('path');
const { expect } = require('chai');
const { DATA, DAY, json, record, start, world } = require('./world');
const { isRelevant, payload } = require('./outbound');
const visits = require('./visits');

const settings = json(path.join(__dirname, '../app_settings/base_settings.json'));
const outbound = settings.outbound.claimloop;
const RECORD = !!process.env.RECORD;

/** Compares with the file that the Java tests read; with RECORD=1 writes it anew. */
const tied = (folder, name, content) => {
  const file = path.join(DATA, 'cht', folder, `${name}.json`);
  if (RECORD) {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, `${JSON.stringify(content, null, 2)}\n`);
  }
  expect(content, file).to.deep.equal(json(file));
};

describe('The outbound push', () => {
  let harness;
  const reports = {};
  before(async () => { harness = await start(); });
  after(() => harness.stop());

  /** The report as CHT stores it. The harness takes the patient for the sender, and makes ids by chance. */
  const fill = async name => {
    const visit = visits[name];
    const claim = record(visit.record);
    const number = String(Object.keys(visits).indexOf(name) + 1).padStart(12, '0');
    await harness.clear();
    await harness.setNow(claim.reported_date + 4 * DAY);
    harness.pushMockedDoc(claim);
    await harness.loadAction((await harness.getTasks())[0]);
    await harness.flush({ seconds: visit.seconds });
    const { errors, report } = await harness.fillForm(...visit.pages);
    expect(errors).to.deep.equal([]);
    const { chw } = world();
    return JSON.parse(JSON.stringify({
      ...report,
      _id: `5f0c1d6e-2b7a-4c83-9e54-${number}`,
      contact: { _id: chw._id, parent: chw.parent },
      from: '',
      fields: { ...report.fields, meta: { ...report.fields.meta, instanceID: `uuid:6a1b2c3d-0000-4000-8000-${number}` } },
    }));
  };

  Object.keys(visits).forEach(name =>
    it(`sends what the CHW reported: ${name}`, async () => {
      reports[name] = await fill(name);
      tied('reports', name, reports[name]);
      expect(isRelevant(outbound, reports[name])).to.equal(true);
      tied('submissions', name, payload(outbound, reports[name]));
    }));

  it('has a file for each visit and no other', () => {
    ['reports', 'submissions'].forEach(folder =>
      expect(fs.readdirSync(path.join(DATA, 'cht', folder))).to.have.members(Object.keys(visits).map(name => `${name}.json`)));
  });

  it('goes for feedback reports without errors only', () => {
    const report = reports.answered;
    expect(isRelevant(outbound, { ...report, errors: [] })).to.equal(true);
    expect(isRelevant(outbound, { ...report, errors: [{ code: 'x' }] })).to.equal(false);
    expect(isRelevant(outbound, { ...report, form: 'pregnancy' })).to.equal(false);
    expect(isRelevant(outbound, record('first-claim'))).to.equal(false);
    expect(isRelevant(outbound, world().patient)).to.equal(false);
  });

  it('is the same whenever and however often it is made', async () => {
    const sent = payload(outbound, reports.answered);
    await harness.setNow('2031-01-01');
    const touched = { ...reports.answered, _rev: '7-x', verified: true, form_version: { time: 1 }, from: '+9779800000000' };
    expect(payload(outbound, touched)).to.deep.equal(sent);
  });

  it('carries no name, phone or insurance number, though CHT hands it the whole person', () => {
    const { patient, chw } = world();
    Object.values(reports).forEach(report => {
      const hydrated = { ...report, from: '+9779841000001', patient, contact: { ...chw, phone: '+9779841000001' } };
      const sent = JSON.stringify(payload(outbound, hydrated));
      [patient.name, ...patient.name.split(' '), patient.insurance_number, patient.phone, patient.date_of_birth, chw.name,
        '9779841000001']
        .filter(secret => secret)
        .forEach(secret => expect(sent).to.not.contain(secret));
    });
  });

  it('leaves CHT even when the report lacks everything that can be skipped', () => {
    expect(payload(outbound, { _id: 'r', type: 'data_record', reported_date: 1 })).to.deep.equal({ report_id: 'r', reported_date: 1 });
  });
});
