package io.claimloop.simulated;

/** What openIMIS wrote down about one delivery; there is one request and never a retry (recording 305). */
public record NotificationResult(String claimUuid, String endpoint, boolean success, String error, int status) {}
