package io.claimloop.simulated;

/** A file on a claim (recordings 955-957). {@code document} is base64. */
record Attachment(
        String uuid,
        String type,
        String title,
        String date,
        String filename,
        String mime,
        String generalType,
        String url,
        String document) {

    /** The one kind that a fresh database knows (recordings 956, 959). */
    static final String KNOWN_TYPE = "default";
}
