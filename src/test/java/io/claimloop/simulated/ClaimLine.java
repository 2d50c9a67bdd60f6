package io.claimloop.simulated;

import java.math.BigDecimal;

/** A line of a claim. Line status 1 passed, 2 rejected; {@code priced} once validation has let it through. */
final class ClaimLine {
    final int id;
    final Article article;
    final BigDecimal quantity;
    final BigDecimal price;
    volatile int status = 1;
    volatile int rejectionReason;
    volatile boolean priced;
    volatile BigDecimal quantityApproved;
    volatile BigDecimal priceValuated;
    volatile String justification;

    ClaimLine(int id, Article article, BigDecimal quantity, BigDecimal price) {
        this.id = id;
        this.article = article;
        this.quantity = quantity;
        this.price = price;
    }

    BigDecimal amount() {
        return price.multiply(quantity);
    }

    void reject(int reason) {
        status = 2;
        rejectionReason = reason;
        quantityApproved = BigDecimal.ZERO;
    }
}
