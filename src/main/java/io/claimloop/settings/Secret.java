package io.claimloop.settings;

/** A configured secret. It never prints itself, so that no log, error or JMX view can show it. */
public record Secret(String value) {
    @Override
    public String toString() {
        return "***";
    }
}
