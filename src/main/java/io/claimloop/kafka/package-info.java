/**
 * How the routes of the profile {@code kafka} meet Kafka's clients: offsets that are committed after the database, events
 * that are out before the watermark moves, brokers that are looked after. Nothing here exists without the profile.
 */
package io.claimloop.kafka;
