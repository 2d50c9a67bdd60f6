const claimloop = require('./claimloop/contact-summary');

module.exports = {
  fields: [],
  cards: [...claimloop.cards(reports)],
  context: { ...claimloop.context(reports) },
};
