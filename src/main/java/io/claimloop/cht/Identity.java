package io.claimloop.cht;

import com.fasterxml.jackson.databind.JsonNode;
import io.claimloop.openimis.Claim;
import java.lang.Character.UnicodeScript;
import java.text.Normalizer;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Whether a person in CHT is the insuree. Families share insurance cards and numbers get mistyped, so the number alone
 * is not enough: more of name, sex and birth must agree than differ, and sex alone does not count. What one side does not
 * know, or writes in another script, neither agrees nor differs.
 */
final class Identity {
    private Identity() {}

    static boolean agrees(Claim.Insuree insuree, JsonNode person) {
        int name = name(insuree, person.path("name").asText(""));
        int sex = sex(
                insuree.gender(),
                person.path("sex").asText(person.path("gender").asText("")));
        int birth = birth(insuree.born(), person.path("date_of_birth").asText(""));
        return name + sex + birth > 0 && (name > 0 || birth > 0);
    }

    private static int name(Claim.Insuree insuree, String other) {
        Set<String> ours = words(join(insuree.otherNames()) + " " + join(insuree.lastName()));
        Set<String> theirs = words(other);
        if (ours.isEmpty() || theirs.isEmpty() || script(ours) != script(theirs)) {
            return 0;
        }
        // one side may have left out a middle name
        boolean within = ours.containsAll(theirs) || theirs.containsAll(ours);
        return within ? 1 : -1;
    }

    private static int sex(String ours, String theirs) {
        if (ours == null || ours.isBlank() || theirs.isBlank()) {
            return 0;
        }
        return Character.toLowerCase(ours.charAt(0)) == Character.toLowerCase(theirs.charAt(0)) ? 1 : -1;
    }

    /** A first of January is how both systems write "some day of that year". */
    private static int birth(LocalDate ours, String written) {
        LocalDate theirs;
        try {
            theirs = written.length() < 10 ? null : LocalDate.parse(written.substring(0, 10));
        } catch (DateTimeParseException e) {
            theirs = null;
        }
        if (ours == null || theirs == null) {
            return 0;
        }
        boolean sameYear = ours.getYear() == theirs.getYear();
        boolean roughly = sameYear && (ours.getDayOfYear() == 1 || theirs.getDayOfYear() == 1);
        return ours.equals(theirs) || roughly ? 1 : -1;
    }

    private static String join(String part) {
        return part == null ? "" : part;
    }

    private static Set<String> words(String text) {
        String plain = Normalizer.normalize(text, Normalizer.Form.NFD)
                .replaceAll("\\p{InCombiningDiacriticalMarks}", "")
                .toLowerCase(Locale.ROOT);
        return Arrays.stream(plain.split("[^\\p{L}\\p{M}\\p{N}]+"))
                .filter(word -> !word.isBlank())
                .collect(Collectors.toSet());
    }

    private static UnicodeScript script(Set<String> words) {
        return UnicodeScript.of(words.iterator().next().codePointAt(0));
    }
}
