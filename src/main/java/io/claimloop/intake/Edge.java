package io.claimloop.intake;

import io.claimloop.intake.GroupCommit.QueueFullException;
import java.io.IOException;
import java.io.InputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What both edges do alike: bound the body, and say that it is not stored when it is not. */
final class Edge {
    private static final Logger log = LoggerFactory.getLogger(Edge.class);

    interface Taking {
        Answer take(byte[] body) throws UnreadableNoticeException;
    }

    private Edge() {}

    static Answer take(InputStream in, int maxBody, Taking taking) {
        try {
            byte[] body = in == null ? new byte[0] : in.readNBytes(maxBody + 1);
            if (body.length > maxBody) {
                return tooLarge(maxBody);
            }
            return taking.take(body);
        } catch (UnreadableNoticeException e) {
            return Answer.refused(400, e.field(), e.getMessage(), "Send a FHIR R4 Claim, ClaimResponse or Bundle.");
        } catch (QueueFullException e) {
            return Answer.refused(503, null, "too much waits to be stored", "Send it again in some seconds.");
        } catch (IOException e) {
            return Answer.refused(400, null, "the body broke off", "Send it again.");
        } catch (RuntimeException | Error e) {
            // also what should never be thrown: a 200 would be a lie
            log.error("not stored, so not accepted: {}", e.getClass().getName());
            return Answer.refused(503, null, "it could not be stored", "Send it again in some seconds.");
        }
    }

    static Answer tooLarge(int maxBody) {
        return Answer.refused(413, null, "the body is larger than " + maxBody + " bytes", "Send a smaller body.");
    }
}
