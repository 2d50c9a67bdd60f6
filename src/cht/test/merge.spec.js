const fs = require('fs');
const os = require('os');
const path = require('path');
const { expect } = require('chai');
const { spawnSync } = require('child_process');
const { DAY, PROJECT, json, record, start, world } = require('./world');
const { cht } = require('../scripts/cht');

/** A deployment that has tasks, a target, a card, a purge rule, forms and a push of its own; merged as the guide says. */
describe('Merged into another configuration', () => {
  const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'claimloop-merge-'));
  const write = (name, content) => {
    fs.mkdirSync(path.dirname(path.join(folder, name)), { recursive: true });
    fs.writeFileSync(path.join(folder, name), typeof content === 'string' ? content : JSON.stringify(content));
  };
  let harness;

  before(async () => {
    fs.cpSync(path.join(PROJECT, 'claimloop'), path.join(folder, 'claimloop'), { recursive: true });
    fs.cpSync(path.join(PROJECT, 'forms'), path.join(folder, 'forms'), { recursive: true });
    fs.cpSync(path.join(PROJECT, '.eslintrc'), path.join(folder, '.eslintrc'));
    write('tasks.js', `const yours = [{ name: 'yours', title: 'yours', appliesTo: 'reports', appliesToType: ['pregnancy'],
      actions: [{ type: 'report', form: 'delivery' }], events: [{ id: 'e', days: 1, start: 1, end: 30 }] }];
      module.exports = [...yours, ...require('./claimloop/tasks')];`);
    write('targets.js', `const yours = [{ id: 'yours', type: 'count', goal: 1, appliesTo: 'reports', appliesToType: ['pregnancy'] }];
      module.exports = [...yours, ...require('./claimloop/targets')];`);
    write('contact-summary.templated.js', `const claimloop = require('./claimloop/contact-summary');
      module.exports = { fields: [{ appliesToType: 'person', label: 'yours', value: 'x', width: 4 }],
        cards: [...claimloop.cards(reports)], context: { yours: true, ...claimloop.context(reports) } };`);
    write('purge.js', 'module.exports = require(\'./claimloop/purge\');');
    const ours = json(path.join(PROJECT, 'app_settings/base_settings.json'));
    write('app_settings/base_settings.json', {
      roles: { chw: { name: 'usertype.chw', offline: true }, ...ours.roles },
      permissions: { can_edit: ['chw', ...ours.permissions.can_edit] },
      transitions: { update_clinics: true, ...ours.transitions },
      patient_reports: [{ form: 'PREGNANCY', validations: { list: [] } }, ...ours.patient_reports],
      outbound: { yours: { ...ours.outbound.claimloop, relevant_to: 'doc.form === "pregnancy"' }, ...ours.outbound },
    });
    write('app_settings/forms.json', {
      PREGNANCY: { meta: { code: 'PREGNANCY' }, fields: {} }, ...json(path.join(PROJECT, 'app_settings/forms.json')),
    });
    const { status, output } = cht(['compile-app-settings'], folder);
    expect(status, output).to.equal(0);
    harness = await start({ directory: folder });
  });
  after(async () => {
    await harness.stop();
    fs.rmSync(folder, { recursive: true, force: true });
  });

  it('the lint finds nothing, and what is spoiled by the merge it finds', () => {
    const lint = () => spawnSync(process.execPath, [path.join(folder, 'claimloop/lint.js'), folder], { encoding: 'utf8' });
    expect(lint().stderr + lint().stdout).to.equal('claimloop: nothing found\n');

    const file = path.join(folder, 'app_settings.json');
    const settings = fs.readFileSync(file, 'utf8');
    fs.writeFileSync(file, settings.replaceAll('"doc.form === \\"pregnancy\\""', '"doc.type === \\"data_record\\""'));
    expect(lint().status).to.equal(1);
    expect(lint().stderr).to.contain('2 configurations push claim_feedback');
    fs.writeFileSync(file, settings);
  });

  it('its own task and ours stand side by side', async () => {
    const claim = record('first-claim');
    await harness.setNow(claim.reported_date + DAY);
    harness.pushMockedDoc(claim, {
      _id: 'pregnancy', form: 'pregnancy', reported_date: claim.reported_date, fields: { patient_uuid: world().patient._id },
    });
    expect((await harness.getTasks()).map(task => task.emission.title))
      .to.have.members(['yours', 'task.openimis.claim_feedback.title']);
    const { context, cards, fields } = await harness.getContactSummary();
    expect(context).to.include({ yours: true, open_claims: 1 });
    expect(cards).to.have.length(1);
    expect(fields[0].label).to.equal('yours');
  });
});
