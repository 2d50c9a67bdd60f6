package io.claimloop.bench;

import java.nio.file.Path;
import java.util.List;

/** ClaimLoop as its image has it: the jar extracted, with an archive of the classes that it loads. Made once, at first need. */
final class Image {
    private final Rig rig;
    private String jar;
    private String archive;

    Image(Rig rig) {
        this.rig = rig;
    }

    /** The jar, extracted. */
    List<String> extracted() {
        if (jar == null) {
            Path extracted = rig.folder().resolve("extracted");
            Jvm.output(List.of(
                    Jvm.java(),
                    "-Djarmode=tools",
                    "-jar",
                    Servers.jar().toString(),
                    "extract",
                    "--destination",
                    extracted.toString()));
            jar = extracted.resolve(Servers.jar().getFileName()).toString();
        }
        return List.of("-jar", jar);
    }

    /** The same, with the archive. */
    List<String> archived() {
        List<String> extracted = extracted();
        if (archive == null) {
            archive = rig.folder().resolve("classes.jsa").toString();
            try (Server training = rig.servers()
                    .claimLoop(
                            List.of("-XX:ArchiveClassesAtExit=" + archive, "-jar", jar),
                            rig.database().create(),
                            rig.partners(),
                            false)) {
                training.start();
            }
        }
        return List.of("-XX:SharedArchiveFile=" + archive, extracted.get(0), extracted.get(1));
    }
}
