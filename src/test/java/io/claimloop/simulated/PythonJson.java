package io.claimloop.simulated;

/** Says what Python's JSON reader says about a broken text, since openIMIS repeats it (recordings 105, 412, 725). */
final class PythonJson {
    private final String text;
    private int at;

    private PythonJson(String text) {
        this.text = text;
    }

    /** Null when the text is JSON. */
    static String errorOf(String text) {
        var reader = new PythonJson(text);
        try {
            reader.value();
            reader.space();
            if (reader.at < text.length()) reader.fail("Extra data");
            return null;
        } catch (Broken broken) {
            return broken.getMessage();
        }
    }

    private void value() {
        space();
        char c = peek();
        if (c == '{') object();
        else if (c == '[') array();
        else if (c == '"') string();
        else scalar();
    }

    private void object() {
        at++;
        space();
        if (peek() == '}') {
            at++;
            return;
        }
        while (true) {
            space();
            if (peek() != '"') fail("Expecting property name enclosed in double quotes");
            string();
            space();
            if (peek() != ':') fail("Expecting ':' delimiter");
            at++;
            value();
            space();
            char c = peek();
            if (c == '}') {
                at++;
                return;
            }
            if (c != ',') fail("Expecting ',' delimiter");
            at++;
        }
    }

    private void array() {
        at++;
        space();
        if (peek() == ']') {
            at++;
            return;
        }
        while (true) {
            value();
            space();
            char c = peek();
            if (c == ']') {
                at++;
                return;
            }
            if (c != ',') fail("Expecting ',' delimiter");
            at++;
        }
    }

    private void string() {
        int start = at++;
        while (at < text.length() && text.charAt(at) != '"') at += text.charAt(at) == '\\' ? 2 : 1;
        if (at >= text.length()) {
            at = start;
            fail("Unterminated string starting at");
        }
        at++;
    }

    private void scalar() {
        int start = at;
        while (at < text.length() && (Character.isLetterOrDigit(peek()) || "+-.".indexOf(peek()) >= 0)) at++;
        var word = text.substring(start, at);
        if (!word.matches("true|false|null|-?\\d+(\\.\\d+)?([eE][+-]?\\d+)?")) {
            at = start;
            fail("Expecting value");
        }
    }

    private void space() {
        while (at < text.length() && " \t\r\n".indexOf(text.charAt(at)) >= 0) at++;
    }

    private char peek() {
        return at < text.length() ? text.charAt(at) : 0;
    }

    private void fail(String what) {
        int line =
                1 + (int) text.substring(0, at).chars().filter(c -> c == '\n').count();
        int column = at - text.lastIndexOf('\n', at - 1);
        throw new Broken("%s: line %d column %d (char %d)".formatted(what, line, column, at));
    }

    private static final class Broken extends RuntimeException {
        Broken(String message) {
            super(message, null, false, false);
        }
    }
}
