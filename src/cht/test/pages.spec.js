const fs = require('fs');
const os = require('os');
const path = require('path');
const { expect } = require('chai');
const { DAY, PROJECT, record, start, world } = require('./world');
const { cht } = require('../scripts/cht');
const visits = require('./visits');
const purge = require('../claimloop/purge');

const FIRST = record('first-claim');
const SECOND = record('second-claim');

const feedback = (claim, daysAfter, outcome = 'answered') => ({
  _id: `feedback-${claim._id}`,
  type: 'data_record',
  form: 'claim_feedback',
  reported_date: claim.reported_date + daysAfter * DAY,
  fields: { claim_uuid: claim.fields.claim_uuid, patient_uuid: claim.fields.patient_uuid, outcome },
});

describe('The person\'s page', () => {
  let harness;
  before(async () => { harness = await start(); });
  after(() => harness.stop());
  beforeEach(async () => {
    await harness.clear();
    await harness.setNow(FIRST.reported_date + 3 * DAY);
  });

  const card = async () => (await harness.getContactSummary()).cards.find(one => one.label === 'contact.openimis.claims');

  it('shows the open claims, and what was asked for', async () => {
    harness.pushMockedDoc(FIRST, record('asked-for-by-officer'), record('withdrawn'));
    expect((await card()).fields.map(field => [field.label, field.value])).to.have.deep.members([
      ['contact.openimis.visit', 'Jambero District Hospital · 22/11/2026 · CHT005'],
      ['contact.openimis.asked_for', 'Jambero District Hospital · 22/11/2026 · CHT004'],
    ]);
    expect((await harness.getContactSummary()).context.open_claims).to.equal(2);
  });

  it('shows no claim that was answered or whose time is over, and then no card', async () => {
    harness.pushMockedDoc(FIRST);
    await harness.loadAction((await harness.getTasks())[0]);
    await harness.fillForm(...visits.answered.pages);
    expect(await card()).to.equal(undefined);

    harness.pushMockedDoc(SECOND);
    expect(await card()).to.not.equal(undefined);
    await harness.setNow('2026-12-24');
    expect(await card()).to.equal(undefined);
  });

  it('of a place has no such card', async () => {
    harness.pushMockedDoc(FIRST);
    const { cards } = await harness.getContactSummary(world().chwPlace);
    expect(cards).to.deep.equal([]);
  });
});

describe('The target', () => {
  let harness;
  before(async () => { harness = await start(); });
  after(() => harness.stop());
  beforeEach(async () => {
    await harness.clear();
    await harness.setNow(FIRST.reported_date + 8 * DAY);
  });

  const value = async () => {
    const [target] = await harness.getTargets({ type: 'openimis-claim-feedback' });
    return [target.value.pass, target.value.total];
  };

  it('counts a claim that was answered within 14 days', async () => {
    harness.pushMockedDoc(FIRST, feedback(FIRST, 7));
    expect(await value()).to.deep.equal([1, 1]);
  });

  it('does not count a claim against the CHW before its 14 days are over', async () => {
    harness.pushMockedDoc(FIRST);
    expect(await value()).to.deep.equal([0, 0]);
  });

  it('counts what came late, or not at all, as missed', async () => {
    const early = { ...FIRST, reported_date: Date.parse('2026-11-01T08:00:00Z') };
    const other = { ...SECOND, reported_date: Date.parse('2026-11-02T08:00:00Z') };
    harness.pushMockedDoc(early, feedback(early, 20), other);
    expect(await value()).to.deep.equal([0, 2]);
  });

  ['not_found', 'refused', 'moved', 'died', 'wrong_person'].forEach(outcome =>
    it(`gives nothing for or against: ${outcome}`, async () => {
      harness.pushMockedDoc(FIRST, feedback(FIRST, 2, outcome));
      expect(await value()).to.deep.equal([0, 0]);
    }));

  it('leaves out withdrawn records', async () => {
    harness.pushMockedDoc(record('withdrawn'));
    await harness.setNow(FIRST.reported_date + 8 * DAY);
    expect(await value()).to.deep.equal([0, 0]);
  });
});

describe('A facility in the table of conflicts, in CHT\'s engine', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'claimloop-conflict-'));
  let harness;
  const { chw, places, patient } = world();
  const district = places.find(place => place.type === 'district_hospital');
  const supervisor = { _id: 'supervisor', type: 'person', name: 'Supervisor', parent: { _id: district._id } };

  before(async () => {
    ['app_settings', 'claimloop', 'forms', 'tasks.js', 'targets.js', 'contact-summary.templated.js', 'purge.js', '.eslintrc']
      .forEach(name => fs.cpSync(path.join(PROJECT, name), path.join(folder, name), { recursive: true }));
    const file = path.join(folder, 'claimloop/config.js');
    fs.writeFileSync(file, fs.readFileSync(file, 'utf8').replace('conflicts: {}', `conflicts: { JMHOS001: ['${district._id}'] }`));
    const { status, output } = cht(['compile-app-settings'], folder);
    expect(status, output).to.equal(0);
    harness = await start({ directory: folder, docs: [patient, ...places, chw, supervisor] });
  });
  after(async () => {
    await harness.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('gives the task to the supervisor, not to the CHW', async () => {
    await harness.setNow(FIRST.reported_date + DAY);
    harness.pushMockedDoc(FIRST, record('three-services'));
    const codes = async user => (await harness.getTasks({ user })).map(task => task.emission.actions[0].content.t_claim_code);
    expect(await codes(chw._id)).to.deep.equal(['CIG00001']);
    expect(await codes(supervisor._id)).to.have.members(['CHT005', 'CIG00001']);
  });
});

describe('Purging', () => {
  // as CHT does: the text of the function, and nothing else
  const fn = new Function(`return (${purge.fn.toString()})`)();
  const days = number => Date.now() - number * DAY;
  const claim = (uuid, reported, status = 'open') => ({
    _id: `record-${uuid}`, form: 'OPENIMIS_CLAIM', reported_date: reported,
    fields: { claim_uuid: uuid, status, answer_by: new Date(reported + 28 * DAY).toISOString().slice(0, 10) },
  });
  const answer = (uuid, reported) => ({ _id: `answer-${uuid}`, form: 'claim_feedback', reported_date: reported, fields: { claim_uuid: uuid } });
  const other = { _id: 'pregnancy', form: 'pregnancy', reported_date: days(900), fields: {} };
  const purged = (...reports) => fn({ roles: ['chw'] }, {}, [other, ...reports]);

  it('takes what was answered, withdrawn or over for 60 days, with its feedback', () => {
    expect(purged(claim('a', days(90)), answer('a', days(61)))).to.have.members(['record-a', 'answer-a']);
    expect(purged(claim('w', days(61), 'withdrawn'))).to.deep.equal(['record-w']);
    expect(purged(claim('o', days(90)))).to.deep.equal(['record-o']);
  });

  it('keeps what is open or was closed lately', () => {
    expect(purged(claim('o', days(27)))).to.deep.equal([]);
    expect(purged(claim('o', days(80)))).to.deep.equal([]);
    expect(purged(claim('a', days(100)), answer('a', days(59)))).to.deep.equal([]);
    expect(purged(claim('w', days(59), 'withdrawn'))).to.deep.equal([]);
  });

  it('never takes feedback and leaves its record, which would then be open again', () => {
    const [late, early] = [answer('a', days(59)), { ...answer('a', days(70)), _id: 'early' }];
    const gone = purged(claim('a', days(75)), late, early);
    expect(gone.includes('record-a') || gone.length === 0).to.equal(true);
  });

  it('leaves all other reports alone', () => {
    expect(purged()).to.deep.equal([]);
  });
});
