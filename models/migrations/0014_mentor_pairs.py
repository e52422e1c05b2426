from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import EscalationEnd, EscalationLevel
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0013_contact_details')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Escalation',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('mentorship', fields.ForeignKeyField('models.Mentorship', source_field='mentorship_id', db_constraint=True, to_field='id', related_name='escalations', on_delete=OnDelete.RESTRICT)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='escalations', on_delete=OnDelete.RESTRICT)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='escalations', on_delete=OnDelete.RESTRICT)),
                ('level', fields.CharEnumField(description='SECRETARY: secretary\nTOWNSHIP: township\nCOUNTY: county\nLONG: long', enum_type=EscalationLevel, max_length=12)),
                ('since', fields.DateField()),
                ('asked_at', MomentField(auto_now=False, auto_now_add=False)),
                ('acknowledged_by_id', fields.IntField(null=True)),
                ('acknowledged_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('end_reason', fields.CharEnumField(null=True, description='CONTACT: contact\nHANDED_OVER: handed_over\nOVER: over', enum_type=EscalationEnd, max_length=16)),
            ],
            options={'table': 'escalation', 'app': 'models', 'unique_together': (('mentorship', 'since', 'level'),), 'indexes': [Index(fields=['unit', 'level', 'ended_at']), Index(fields=['person', 'ended_at'])], 'pk_attr': 'id', 'table_description': 'One office asked about one person whom nobody has heard since ``since``.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='Inspection',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='inspections', on_delete=OnDelete.RESTRICT)),
                ('inspected_on', fields.DateField()),
                ('entered_by', fields.ForeignKeyField('models.Person', source_field='entered_by_id', db_constraint=True, to_field='id', related_name='inspections_entered', on_delete=OnDelete.RESTRICT)),
                ('entered_at', MomentField(auto_now=False, auto_now_add=False)),
                ('source_key', fields.CharField(unique=True, max_length=80)),
            ],
            options={'table': 'inspection', 'app': 'models', 'unique_together': (('person', 'inspected_on'),), 'pk_attr': 'id', 'table_description': 'That somebody wrote the half-yearly inspection (考察) of a person, when, and nothing of it.'},
            bases=['Model'],
        ),
        ops.CreateModel(
            name='MentoringRule',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('unit', fields.ForeignKeyField('models.Unit', source_field='unit_id', db_constraint=True, to_field='id', related_name='mentoring_rules', on_delete=OnDelete.RESTRICT)),
                ('cadence_months', fields.SmallIntField(null=True)),
                ('close_months', fields.SmallIntField(null=True)),
                ('people_most', fields.SmallIntField(null=True)),
                ('branch_days', fields.SmallIntField(null=True)),
                ('township_days', fields.SmallIntField(null=True)),
                ('county_days', fields.SmallIntField(null=True)),
            ],
            options={'table': 'mentoring_rule', 'app': 'models', 'unique_together': (('unit',),), 'pk_attr': 'id', 'table_description': 'What a unit and everything below it keeps to; an empty column is inherited from above.'},
            bases=['Model'],
        ),
    ]
