package io.claimloop.bench;

import java.io.EOFException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/** One connection of the load: a request is on its way, or none. It reads as much of HTTP as the measured servers write. */
final class HttpConnection {
    /** Of the request on its way; -1 is none. */
    int number = -1;

    /** The request went out on a connection that had served another one before. */
    boolean wasIdle;

    private SocketChannel channel;
    private SelectionKey key;
    private ByteBuffer out;
    private byte[] in = new byte[2048];
    private int length;
    private boolean closing;

    void send(Selector selector, int port, ByteBuffer request) throws IOException {
        out = request;
        length = 0;
        wasIdle = channel != null;
        if (channel == null) {
            closing = false;
            channel = SocketChannel.open();
            channel.configureBlocking(false);
            channel.setOption(StandardSocketOptions.TCP_NODELAY, true);
            boolean connected = channel.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port));
            key = channel.register(selector, connected ? SelectionKey.OP_READ : SelectionKey.OP_CONNECT, this);
            if (!connected) {
                return;
            }
        }
        write();
    }

    private void write() throws IOException {
        channel.write(out);
        key.interestOps(out.hasRemaining() ? SelectionKey.OP_READ | SelectionKey.OP_WRITE : SelectionKey.OP_READ);
    }

    /** The status when the whole answer is there, otherwise 0. Fails when the connection is over before. */
    int advance() throws IOException {
        if (channel == null) {
            return 0;
        }
        if (key.isConnectable()) {
            channel.finishConnect();
            write();
        } else if (key.isWritable()) {
            write();
        }
        if (!key.isReadable()) {
            return 0;
        }
        if (length == in.length) {
            in = Arrays.copyOf(in, length * 2);
        }
        int read = channel.read(ByteBuffer.wrap(in, length, in.length - length));
        if (read < 0) {
            throw new EOFException();
        }
        length += read;
        return number < 0 ? 0 : status();
    }

    private int status() {
        int head = find("\r\n\r\n", 0);
        if (head < 0) {
            return 0;
        }
        String text = new String(in, 0, head, StandardCharsets.ISO_8859_1).toLowerCase(Locale.ROOT);
        int body = head + 4;
        int at = text.indexOf("\r\ncontent-length:");
        boolean whole;
        if (at >= 0) {
            int end = text.indexOf("\r\n", at + 2);
            String number =
                    text.substring(at + 17, end < 0 ? text.length() : end).strip();
            whole = length >= body + Integer.parseInt(number);
        } else if (text.contains("\r\ntransfer-encoding: chunked")) {
            whole = find("0\r\n\r\n", body) >= 0;
        } else {
            whole = true;
        }
        if (!whole) {
            return 0;
        }
        closing = text.contains("\r\nconnection: close");
        int status = Integer.parseInt(text.substring(9, 12));
        if (closing) {
            close();
        }
        return status;
    }

    private int find(String what, int from) {
        byte[] wanted = what.getBytes(StandardCharsets.ISO_8859_1);
        for (int i = from; i + wanted.length <= length; i++) {
            if (Arrays.equals(in, i, i + wanted.length, wanted, 0, wanted.length)) {
                return i;
            }
        }
        return -1;
    }

    boolean nothingCame() {
        return length == 0;
    }

    boolean isClosed() {
        return channel == null;
    }

    void close() {
        try {
            if (channel != null) {
                channel.close();
            }
        } catch (IOException e) {
            // it is over either way
        }
        channel = null;
    }
}
