// The open claim follow-ups on a person's page.
//   cards: [...yours, ...claimloop.cards(reports)],  context: { ...yours, ...claimloop.context(reports) }
const config = require('./config');
const records = require('./records');

const open = reports => records.openClaims(reports)
  .filter(report => !records.isOver(report, config, Date.now()));

module.exports = {
  cards: reports => [{
    label: 'contact.openimis.claims',
    appliesToType: 'person',
    appliesIf: () => open(reports).length > 0,
    fields: () => open(reports).map(report => ({
      label: records.field(report, 'priority') === 'high' ? 'contact.openimis.asked_for' : 'contact.openimis.visit',
      value: records.inWords(report, config),
      width: 12,
      icon: 'icon-claim-feedback',
    })),
  }],
  context: reports => ({ open_claims: open(reports).length }),
};
