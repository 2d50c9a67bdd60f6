package io.claimloop.bench;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** The relay's HTTP client: one kept connection, used by one thread. */
final class Wire {
    record Reply(int status, byte[] body) {}

    private final int port;
    private final String authorization;
    private Socket socket;
    private InputStream in;

    Wire(String url, String authorization) {
        this.port = URI.create(url).getPort();
        this.authorization = authorization;
    }

    Reply send(String method, String path, String body) throws IOException {
        boolean kept = socket != null;
        try {
            return exchange(method, path, body);
        } catch (IOException e) {
            close();
            if (!kept) {
                throw e;
            }
            // the server had closed it
            return exchange(method, path, body);
        }
    }

    private Reply exchange(String method, String path, String body) throws IOException {
        if (socket == null) {
            socket = new Socket(InetAddress.getLoopbackAddress(), port);
            socket.setTcpNoDelay(true);
            in = new BufferedInputStream(socket.getInputStream(), 16_384);
        }
        byte[] content = body == null ? new byte[0] : body.getBytes(StandardCharsets.UTF_8);
        byte[] head = (method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: application/json\r\n"
                        + (authorization == null ? "" : "Authorization: " + authorization + "\r\n")
                        + "Content-Type: application/json\r\nContent-Length: " + content.length + "\r\n\r\n")
                .getBytes(StandardCharsets.US_ASCII);
        byte[] all = Arrays.copyOf(head, head.length + content.length);
        System.arraycopy(content, 0, all, head.length, content.length);
        socket.getOutputStream().write(all);
        String first = line();
        if (first.isEmpty()) {
            throw new IOException("closed");
        }
        int length = 0;
        boolean last = false;
        for (String line = line(); !line.isEmpty(); line = line()) {
            String lower = line.toLowerCase(Locale.ROOT);
            if (lower.startsWith("content-length:")) {
                length = Integer.parseInt(line.substring(15).strip());
            }
            last |= lower.equals("connection: close");
        }
        Reply reply = new Reply(Integer.parseInt(first.substring(9, 12)), in.readNBytes(length));
        if (last) {
            close();
        }
        return reply;
    }

    private String line() throws IOException {
        StringBuilder line = new StringBuilder(80);
        for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
            if (next != '\r') {
                line.append((char) next);
            }
        }
        return line.toString();
    }

    private void close() throws IOException {
        if (socket != null) {
            socket.close();
        }
        socket = null;
    }
}
