from tortoise import migrations
from tortoise.migrations import operations as ops
from models.enums import MovementSource, MovementState
from models.fields import MomentField
from tortoise.fields.base import OnDelete
from tortoise import fields
from tortoise.indexes import Index

class Migration(migrations.Migration):
    dependencies = [('models', '0006_material_reviews')]

    initial = False

    operations = [
        ops.CreateModel(
            name='Movement',
            fields=[
                ('id', fields.IntField(generated=True, primary_key=True, unique=True, db_index=True)),
                ('uid', fields.CharField(unique=True, max_length=32)),
                ('person', fields.ForeignKeyField('models.Person', source_field='person_id', db_constraint=True, to_field='id', related_name='movements', on_delete=OnDelete.RESTRICT)),
                ('from_city', fields.CharField(null=True, max_length=32)),
                ('to_city', fields.CharField(max_length=32)),
                ('leaves_on', fields.DateField()),
                ('return_on', fields.DateField(null=True)),
                ('left_before', fields.DateField(null=True)),
                ('asks_on', fields.DateField(null=True)),
                ('state', fields.CharEnumField(description='PLANNED: planned\nAWAY: away\nARRIVED: arrived\nCANCELLED: cancelled', enum_type=MovementState, max_length=12)),
                ('source', fields.CharEnumField(description='DEPARTURE: departure\nARRIVAL: arrival\nCITY: city\nEMPLOYER: employer', enum_type=MovementSource, max_length=12)),
                ('source_key', fields.CharField(unique=True, max_length=80)),
                ('cards_version', fields.CharField(default='', db_default='', max_length=16)),
                ('employer_sealed', fields.BinaryField(null=True)),
                ('reported_at', MomentField(auto_now=False, auto_now_add=False)),
                ('arrived_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('ended_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('talk_at', MomentField(null=True, auto_now=False, auto_now_add=False)),
                ('talk_by_id', fields.IntField(null=True)),
            ],
            options={'table': 'movement', 'app': 'models', 'indexes': [Index(fields=['person', 'state']), Index(fields=['state', 'asks_on'])], 'pk_attr': 'id', 'table_description': 'One journey: from which city to which, on which day, and whether the person arrived.'},
            bases=['Model'],
        ),
        ops.AddField(
            model_name='Parcel',
            name='missing_at',
            field=MomentField(null=True, auto_now=False, auto_now_add=False),
        ),
    ]
